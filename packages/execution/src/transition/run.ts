import type { EVM } from "@ethereumjs/evm";
import {
  compactTransactionOf,
  compareBytes,
  equalBytes,
  invalid,
  isAtLeast,
  valid,
  type BlockHash,
  type CompactTransaction,
  type EthAddress,
  type PoolEntry,
  type TxId,
  type Validity,
} from "@sero/protocol";
import {
  bloomOfReceipts,
  EMPTY_OMMERS_HASH,
  headerHash,
  receiptsRoot,
  transactionsRoot,
  withdrawalsRoot,
  type Header,
  type Receipt,
  type Withdrawal,
} from "../block/index.js";
import { hexKey } from "../bytes/hex.js";
import { beginForkBlock, requestsHashOf, takeRequests } from "../forks/index.js";
import { endPoolBlock, poolView } from "../pool/index.js";
import { openJournal, type Journal, type StateBackend, type StateDiff } from "../state/index.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import { checkAgainstState, type CheckedTransaction } from "../validity/index.js";
import { openEvm, type BlockHashOf, type VisibleHeader } from "../evm/open.js";
import type { CallDetail, PhaseFailure, PhaseObserver } from "../phase/types.js";
import { MAX_OSAKA_BYTES } from "./header-rules.js";
import type { Rules } from "./rules.js";
import { applyTransaction } from "./step.js";

/** The block that another is built on, with the state after it. */
export interface Parent {
  readonly header: Header;
  readonly state: StateBackend;
  /** Hashes of the block itself and its ancestors, at least 256 of them: BLOCKHASH, and so consensus, depends on them (`blockHashes`). */
  readonly blockHash: BlockHashOf;
}

/** What one transaction did, beyond its receipt. */
export interface TransactionDetail {
  /** Calls that ended without failure. */
  readonly calls: readonly CallDetail[];
  readonly failure: PhaseFailure | undefined;
  /** Intrinsic gas and that of the phase. */
  readonly gasUsed: bigint;
}

/** What a block's maker chooses, besides the transactions. */
export interface BlockAttributes {
  /** Seconds since 1970, later than the parent's. */
  readonly timestamp: bigint;
  readonly feeRecipient: EthAddress;
  readonly prevRandao: Uint8Array;
  readonly withdrawals: readonly Withdrawal[];
  /** At most 32 bytes; none if left out. */
  readonly extraData?: Uint8Array;
  /** From Cancun on: the root of the parent's beacon block (EIP-4788), 32 bytes; zeros if left out. */
  readonly parentBeaconRoot?: Uint8Array | undefined;
}

/** A block with everything that came of executing it. */
export interface BlockResult {
  readonly header: Header;
  readonly hash: BlockHash;
  readonly transactions: readonly Uint8Array[];
  readonly withdrawals: readonly Withdrawal[];
  readonly receipts: readonly Receipt[];
  /** In the order of the transactions. */
  readonly details: readonly TransactionDetail[];
  /** On top of the parent's state. */
  readonly diff: StateDiff;
  /** Canonical bytes of the compact block. */
  readonly compact: Uint8Array;
  /** In the order of the transactions. */
  readonly txids: readonly TxId[];
  /** From Prague on: what the block asks of the consensus layer (EIP-7685), type byte and data each. */
  readonly requests: readonly Uint8Array[];
}

/** A block in the making. */
export interface BlockRun {
  /**
   * One at a time. Applies a transaction whose proofs are checked elsewhere, or leaves everything as it was and says why it cannot be in this
   * block. It throws, everything as it was too, only for a fault of this program.
   */
  apply(checked: CheckedTransaction, observer?: PhaseObserver): Promise<Validity<Receipt>>;
  /**
   * The block as it is now, ended: withdrawals, the Pool's work, state root, header. The run goes on as if it had not been asked, so that a
   * proposer can have a block at any time and still add to it.
   */
  seal(): BlockResult;
}

/** Base units in one unit of a withdrawal's amount (EIP-4895). */
const WITHDRAWAL_UNIT = 1_000_000_000n;

/**
 * The one way in which a block comes about, for building and importing alike: the order of protocol, section 6. Verification of proofs
 * runs beside it.
 */
export function openBlock(rules: Rules, parent: Parent, attributes: BlockAttributes): BlockRun {
  const number = parent.header.number + 1n;
  const { spec } = rules;
  const journal = openJournal(parent.state);
  const view = poolView(journal);
  const included: CheckedTransaction[] = [];
  const receipts: Receipt[] = [];
  const details: TransactionDetail[] = [];
  const compact: CompactTransaction[] = [];
  const entries: PoolEntry[] = [];
  let gasUsed = 0n;
  let bytes = 0;

  const rulesAt = rules.at(attributes.timestamp);
  const { fork } = rulesAt;
  const parentHash = headerHash(parent.header);
  const parentBeaconRoot = attributes.parentBeaconRoot ?? new Uint8Array(32);
  beginForkBlock(journal, { fork, number, timestamp: attributes.timestamp, parentHash, parentBeaconRoot });

  const header: VisibleHeader = {
    number,
    feeRecipient: attributes.feeRecipient,
    timestamp: attributes.timestamp,
    prevRandao: attributes.prevRandao,
    gasLimit: spec.gasLimit,
    baseFee: spec.baseFee,
    difficulty: 0n,
  };
  let opened: Promise<EVM> | undefined;
  const evm = (): Promise<EVM> => (opened ??= openEvm(rules, journal, parent.blockHash));

  /** Does all of it or, if something throws that is no verdict (a fault of the EVM library, say), nothing: the block can go on without it. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    const depth = journal.depth();
    journal.checkpoint();
    try {
      const done = await work();
      journal.commit();
      return done;
    } catch (error) {
      while (journal.depth() > depth) journal.revert();
      opened = undefined;
      throw error;
    }
  };

  const apply: BlockRun["apply"] = async (checked, observer) => {
    if (checked.rulesAt !== rulesAt) {
      return invalid("tx/old-rules", "The chain's rules changed since this transaction was signed; make it anew.");
    }
    const gas = checked.gas + (checked.tx.call?.gasLimit ?? 0n);
    if (gasUsed + gas > spec.gasLimit) {
      return invalid("block/gas-limit", "The block has no gas left for this transaction.", {
        gas: gas.toString(),
        left: (spec.gasLimit - gasUsed).toString(),
      });
    }
    if (isAtLeast(fork, "osaka") && bytes + checked.bytes.length > MAX_OSAKA_BYTES) {
      return invalid("block/size", "The block has no room left for this transaction.", { bytes });
    }
    const verdict = checkAgainstState(checked, view, { number, timestamp: attributes.timestamp });
    if (!verdict.ok) return verdict;
    const index = included.length;
    const {
      phase,
      logs,
      entries: made,
    } = await attempt(() => applyTransaction({ journal, header, index, evm, observer }, checked));
    const used = checked.gas + (phase?.gasUsed ?? 0n);
    gasUsed += used;
    bytes += checked.bytes.length;
    const status = phase?.failure === undefined ? 1 : 0;
    const receipt: Receipt = { status, cumulativeGasUsed: gasUsed, logs };
    included.push(checked);
    receipts.push(receipt);
    details.push({ calls: phase?.calls ?? [], failure: phase?.failure, gasUsed: used });
    for (const entry of made) entries.push(entry);
    const outcome = phase && { gasUsed: phase.gasUsed, status: status as 0 | 1 };
    compact.push(compactTransactionOf(checked.tx, checked.txid, checked.fee, outcome));
    return valid(receipt);
  };

  const end = (): BlockResult => {
    for (const { address, amount } of attributes.withdrawals) journal.credit(address, amount * WITHDRAWAL_UNIT);
    const credited = creditedAccounts(journal, parent.state, attributes, included.length > 0);
    const requests = isAtLeast(fork, "prague")
      ? takeRequests(
          journal,
          receipts.flatMap(({ logs }) => logs),
        )
      : undefined;
    const pool = endPoolBlock(journal, { number, transactions: compact, entries, credited }, rules.treeHash);
    const diff = journal.finish(1);
    const transactions = included.map(({ bytes }) => bytes);
    const header: Header = {
      parentHash,
      ommersHash: EMPTY_OMMERS_HASH,
      feeRecipient: attributes.feeRecipient,
      stateRoot: diff.root,
      transactionsRoot: transactionsRoot(transactions),
      receiptsRoot: receiptsRoot(receipts),
      logsBloom: bloomOfReceipts(receipts),
      difficulty: 0n,
      number,
      gasLimit: rules.spec.gasLimit,
      gasUsed,
      timestamp: attributes.timestamp,
      extraData: attributes.extraData ?? new Uint8Array(0),
      prevRandao: attributes.prevRandao,
      nonce: new Uint8Array(8),
      baseFee: rules.spec.baseFee,
      withdrawalsRoot: withdrawalsRoot(attributes.withdrawals),
      cancun: isAtLeast(fork, "cancun") ? { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot } : undefined,
      requestsHash: requests && requestsHashOf(requests),
    };
    return {
      header,
      hash: headerHash(header),
      transactions,
      withdrawals: attributes.withdrawals,
      receipts: [...receipts],
      details: [...details],
      diff,
      compact: pool.compact,
      txids: included.map(({ txid }) => txid),
      requests: requests ?? [],
    };
  };

  const seal = (): BlockResult => {
    journal.checkpoint();
    try {
      return end();
    } finally {
      journal.revert();
    }
  };

  return { apply, seal };
}

/**
 * Accounts without code that hold more than before this block, for the compact block: the fee recipient if there were transactions, then the
 * withdrawals' addresses in order, then all others in the order of their addresses; each once.
 */
function creditedAccounts(
  journal: Journal,
  before: StateBackend,
  attributes: BlockAttributes,
  fees: boolean,
): EthAddress[] {
  const paid = attributes.withdrawals.filter(({ amount }) => amount > 0n).map(({ address }) => address);
  const named = fees ? [attributes.feeRecipient, ...paid] : paid;
  const gained = journal
    .touched()
    .filter((address) => (journal.account(address)?.balance ?? 0n) > (before.account(address)?.balance ?? 0n));
  const seen = new Map<string, EthAddress>();
  for (const address of [...named, ...gained.sort(compareBytes)]) {
    const codeHash = journal.account(address)?.codeHash ?? EMPTY_CODE_HASH;
    const key = hexKey(address);
    if (equalBytes(codeHash, EMPTY_CODE_HASH) && !seen.has(key)) seen.set(key, address as EthAddress);
  }
  return [...seen.values()];
}
