import { ensureSpendArtifacts, openVerifierPool } from "@sero/circuits";
import {
  buildBlock,
  decodeAndCheckMany,
  importBlock,
  openRules,
  type BlockResult,
  type CheckedTransaction,
  type Rules,
} from "@sero/execution";
import { transactionBytesHash, type EthAddress, type Validity } from "@sero/protocol";
import { beginChainInStore, withFolder } from "../chain-store.js";
import { median, timed, type Group } from "../measure.js";
import { realPayments } from "../payments/cache.js";
import { benchSpec, firstBlockTime } from "../payments/chain.js";
import { paymentGas } from "../payments/real.js";

const RUNS = 7;

/** Threads of the verifier. */
const THREADS = 2;

/** The part of a slot in which a block must be executed and verified (protocol, section 7). */
const SLOT_SHARE = 1 / 3;

const expectValid = <T>(verdict: Validity<T>): T => {
  if (!verdict.ok) throw verdict.error;
  return verdict.value;
};

/**
 * A block of real payments on the genesis of a real store: built, imported with every proof and signature checked, imported with all of
 * them known from the mempool, and committed to disk.
 */
export const block: Group = async ({ payments: count, progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const spec = benchSpec();
  const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: THREADS });
  try {
    const rules = await openRules({ spec, verifier });
    const payments = await realPayments(artifacts, rules, count, (done) =>
      progress((0.5 * done) / count, `proof ${done + 1} of ${count}`),
    );
    const checked = decodeAndCheckMany(rules, payments, firstBlockTime(spec)).map(expectValid);
    const times = { build: [] as number[], unknown: [] as number[], known: [] as number[], commit: [] as number[] };
    for (let run = -1; run < RUNS; run++) {
      progress(0.5 + (0.5 * (run + 1)) / (RUNS + 1), `block ${run + 2} of ${RUNS + 1}`);
      const once = await withFolder((folder) => oneBlock(folder, rules, checked));
      // The first round compiles and fills caches.
      if (run < 0) continue;
      for (const name of ["build", "unknown", "known", "commit"] as const) times[name].push(once[name]);
    }
    const rate = (ms: readonly number[]): number => (1000 * payments.length) / median(ms);
    const importRate = rate(times.unknown);
    const slot = spec.slotSeconds;
    const gasBound = Math.floor(Number(spec.gasLimit / paymentGas(spec))) / slot;
    const importBound = Math.floor(importRate * slot * SLOT_SHARE) / slot;
    return {
      "block.payments": payments.length,
      "block.importPaymentsPerSecond": importRate,
      "block.importKnownPaymentsPerSecond": rate(times.known),
      "block.gasBoundPaymentsPerSecond": gasBound,
      "block.importBoundPaymentsPerSecond": importBound,
      "block.sustainedPaymentsPerSecond": Math.min(gasBound, importBound),
      "block.importMs": median(times.unknown),
      "block.buildMs": median(times.build),
      "store.commitMs": median(times.commit),
    };
  } finally {
    await verifier.close();
  }
};

type Once = Readonly<Record<"build" | "unknown" | "known" | "commit", number>>;

async function oneBlock(folder: string, rules: Rules, checked: readonly CheckedTransaction[]): Promise<Once> {
  const there = beginChainInStore(folder, rules);
  try {
    const parent = there.parent();
    const attributes = {
      timestamp: firstBlockTime(rules.spec),
      feeRecipient: new Uint8Array(20).fill(0xfe) as EthAddress,
      prevRandao: new Uint8Array(32),
      withdrawals: [],
    };
    const build = await timed(() => buildBlock(rules, parent, attributes, checked, { verified: true }));
    const { header, transactions, withdrawals } = build.result;
    if (transactions.length !== checked.length) throw new Error("The block does not take all of the payments.");
    const received = { header, transactions, withdrawals };
    const pool = new Map(checked.map((one) => [keyOf(transactionBytesHash(one.bytes)), one]));
    const known = await timed(() =>
      importBlock(rules, there.parent(), received, { verifiedTransaction: (hash) => pool.get(keyOf(hash)) }),
    );
    expectValid(known.result);
    const unknown = await timed(() => importBlock(rules, there.parent(), received));
    const imported: BlockResult = expectValid(unknown.result);
    const commit = await timed(() => there.add(imported));
    return { build: build.ms, known: known.ms, unknown: unknown.ms, commit: commit.ms };
  } finally {
    await there.close();
  }
}

const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
