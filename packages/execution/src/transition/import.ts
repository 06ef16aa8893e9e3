import { invalid, SeroError, transactionBytesHash, valid, type Validity } from "@sero/protocol";
import type { Block } from "../block/index.js";
import { badProof, decodeAndCheckMany, type CheckedTransaction } from "../validity/index.js";
import { checkHeader, checkSize, checkWithdrawals, compareHeaders } from "./header-rules.js";
import type { Rules } from "./rules.js";
import { openBlock, type BlockResult, type Parent } from "./run.js";

/** What an importer knows already. */
export interface ImportOptions {
  /**
   * The transaction of these very bytes (by keccak256) if it was verified before, e.g. in the mempool: it is neither decoded nor verified
   * again, unless an upgrade came between.
   */
  readonly verifiedTransaction?: (bytesHash: Uint8Array) => CheckedTransaction | undefined;
}

/** So many transactions go to the verifier at a time, so that its workers start while the rest is still being decoded. */
const VERIFY_AT_ONCE = 128;

/**
 * Executes a block of others and checks all that it claims. Signatures and proofs are verified beside the state work, which is thrown
 * away if one is false.
 *
 * @returns the verdict; it throws only when the verifier itself or the state store fails
 */
export async function importBlock(
  rules: Rules,
  parent: Parent,
  block: Block,
  options: ImportOptions = {},
): Promise<Validity<BlockResult>> {
  const shape = checkHeader(rules, parent.header, block.header);
  if (!shape.ok) return shape;
  const withdrawals = checkWithdrawals(block.withdrawals);
  if (!withdrawals.ok) return withdrawals;
  const size = checkSize(rules, block);
  if (!size.ok) return size;
  const verification = openVerification(rules);
  const executed = await execute(rules, parent, block, options, verification);
  if (!executed.ok) {
    await verification.abort();
    return executed;
  }
  const proofs = await verification.verdict();
  return proofs.ok ? executed : proofs;
}

async function execute(
  rules: Rules,
  parent: Parent,
  block: Block,
  options: ImportOptions,
  verification: Verification,
): Promise<Validity<BlockResult>> {
  const checked: CheckedTransaction[] = [];
  let gas = 0n;
  for (let from = 0; from < block.transactions.length; from += VERIFY_AT_ONCE) {
    const some = block.transactions.slice(from, from + VERIFY_AT_ONCE);
    const verdict = checkSome(rules, some, from, block.header.timestamp, options, verification);
    if (!verdict.ok) return verdict;
    // Before their proofs are looked at, and before more is decoded: a block too full costs no more than a full one (attack E38).
    for (const [i, transaction] of verdict.value.entries()) {
      gas += transaction.gas;
      if (gas > rules.spec.gasLimit) return inBlock(tooMuchGas(rules), from + i);
    }
    verification.flush();
    checked.push(...verdict.value);
  }
  const { timestamp, feeRecipient, prevRandao, extraData, cancun } = block.header;
  const run = openBlock(rules, parent, {
    timestamp,
    feeRecipient,
    prevRandao,
    extraData,
    withdrawals: block.withdrawals,
    parentBeaconRoot: cancun?.parentBeaconRoot,
  });
  for (const [index, transaction] of checked.entries()) {
    const verdict = await run.apply(transaction);
    if (!verdict.ok) return inBlock(verdict.error, index);
  }
  let result: BlockResult;
  try {
    result = run.seal();
  } catch (error) {
    // The one verdict that only a block's end can give.
    if (error instanceof SeroError && error.code === "block/deposit") return invalid(error.code, error.message);
    throw error;
  }
  const same = compareHeaders(block.header, result.header);
  return same.ok ? valid(result) : same;
}

/** Decodes some of a block's transactions and lays out those that are not known as verified for the verifier. */
function checkSome(
  rules: Rules,
  transactions: readonly Uint8Array[],
  first: number,
  timestamp: bigint,
  options: ImportOptions,
  verification: Verification,
): Validity<readonly CheckedTransaction[]> {
  const { verifiedTransaction } = options;
  const rulesAt = rules.at(timestamp);
  const known = transactions.map((bytes) => {
    const before = verifiedTransaction?.(transactionBytesHash(bytes));
    return before?.rulesAt === rulesAt ? before : undefined;
  });
  const decoded = decodeAndCheckMany(
    rules,
    transactions.filter((_, i) => known[i] === undefined),
    timestamp,
  );
  const checked: CheckedTransaction[] = [];
  let next = 0;
  for (let i = 0; i < transactions.length; i++) {
    const verdict = known[i] === undefined ? decoded[next++]! : valid(known[i]!);
    if (!verdict.ok) return inBlock(verdict.error, first + i);
    checked.push(verdict.value);
    if (known[i] === undefined) verification.add(verdict.value, first + i);
  }
  return valid(checked);
}

const tooMuchGas = (rules: Rules): SeroError =>
  new SeroError("block/gas-limit", "The block's transactions need more gas than a block has; it is invalid.", {
    gasLimit: rules.spec.gasLimit.toString(),
  });

/** Why a block is invalid one of whose transactions is. */
function inBlock(error: SeroError, index: number): Validity<never> {
  return invalid(error.code, error.message, { ...error.values, index });
}

interface Verification {
  add(checked: CheckedTransaction, index: number): void;
  flush(): void;
  verdict(): Promise<Validity>;
  abort(): Promise<void>;
}

function openVerification(rules: Rules): Verification {
  const controller = new AbortController();
  const running: Promise<{ readonly verdict: Validity } | { readonly failure: unknown }>[] = [];
  let waiting: { readonly checked: CheckedTransaction; readonly index: number }[] = [];

  const check = async (group: typeof waiting): Promise<Validity> => {
    const verdicts = await rules.verifier.check(
      group.flatMap(({ checked }) => checked.checks),
      { signal: controller.signal },
    );
    let at = 0;
    for (const { checked, index } of group) {
      for (let bundle = 0; bundle < checked.checks.length; bundle++) {
        if (verdicts[at++] !== true) return inBlock(badProof(checked, bundle), index);
      }
    }
    return valid(undefined);
  };
  const flush = (): void => {
    if (waiting.length === 0) return;
    // Failures are kept as values: while the state work runs nobody awaits this yet.
    running.push(
      check(waiting).then(
        (verdict) => ({ verdict }),
        (failure: unknown) => ({ failure }),
      ),
    );
    waiting = [];
  };
  return {
    flush,
    add(checked, index) {
      waiting.push({ checked, index });
    },
    async verdict() {
      for (const outcome of await Promise.all(running)) {
        if ("failure" in outcome) throw outcome.failure;
        if (!outcome.verdict.ok) return outcome.verdict;
      }
      return valid(undefined);
    },
    async abort() {
      controller.abort();
      await Promise.all(running);
    },
  };
}
