import {
  COIN,
  compactTransactionOf,
  invalid,
  nullifierSlot,
  POOL_ADDRESS,
  turnstileSlot,
  valid,
  type BlockHash,
  type CompactTransaction,
  type EthAddress,
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
import { endPoolBlock, poolView } from "../pool/index.js";
import { openJournal, wordOf, type Journal, type StateBackend, type StateDiff } from "../state/index.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import { checkAgainstState, type CheckedTransaction } from "../validity/index.js";
import type { Rules } from "./rules.js";

/** The block that another is built on, with the state after it. */
export interface Parent {
  readonly header: Header;
  readonly state: StateBackend;
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
}

/** A block with everything that came of executing it. */
export interface BlockResult {
  readonly header: Header;
  readonly hash: BlockHash;
  readonly transactions: readonly Uint8Array[];
  readonly withdrawals: readonly Withdrawal[];
  readonly receipts: readonly Receipt[];
  /** On top of the parent's state. */
  readonly diff: StateDiff;
  /** Canonical bytes of the compact block. */
  readonly compact: Uint8Array;
  /** In the order of the transactions. */
  readonly txids: readonly TxId[];
}

/** A block in the making. */
export interface BlockRun {
  /** Applies a transaction whose proofs are checked elsewhere, or leaves everything as it was and says why it cannot be in this block. */
  apply(checked: CheckedTransaction): Promise<Validity<Receipt>>;
  /** Ends the block: withdrawals, the Pool's work, state root, header. */
  seal(): BlockResult;
}

/** Base units in one unit of a withdrawal's amount (EIP-4895). */
const WITHDRAWAL_UNIT = 1_000_000_000n;
const ONE = wordOf(1n);

/**
 * The one way in which a block comes about, for building and importing alike: the order of protocol, section 6. Verification of proofs
 * runs beside it.
 */
export function openBlock(rules: Rules, parent: Parent, attributes: BlockAttributes): BlockRun {
  const number = parent.header.number + 1n;
  const journal = openJournal(parent.state);
  const view = poolView(journal);
  const included: CheckedTransaction[] = [];
  const receipts: Receipt[] = [];
  const compact: CompactTransaction[] = [];
  let gasUsed = 0n;

  const rulesAt = rules.at(attributes.timestamp);
  const apply = (checked: CheckedTransaction): Validity<Receipt> => {
    if (checked.rulesAt !== rulesAt) {
      return invalid("tx/old-rules", "The chain's rules changed since this transaction was signed; make it anew.");
    }
    if (gasUsed + checked.gas > rules.spec.gasLimit) {
      return invalid("block/gas-limit", "The block has no gas left for this transaction.", {
        gas: checked.gas.toString(),
        left: (rules.spec.gasLimit - gasUsed).toString(),
      });
    }
    const verdict = checkAgainstState(checked, view, { number, timestamp: attributes.timestamp });
    if (!verdict.ok) return verdict;
    spend(journal, checked, attributes.feeRecipient);
    gasUsed += checked.gas;
    const receipt: Receipt = { status: 1, cumulativeGasUsed: gasUsed, logs: [] };
    included.push(checked);
    receipts.push(receipt);
    compact.push(compactTransactionOf(checked.tx, checked.txid, checked.fee));
    return valid(receipt);
  };

  const seal = (): BlockResult => {
    for (const { address, amount } of attributes.withdrawals) journal.credit(address, amount * WITHDRAWAL_UNIT);
    const credited = creditedAccounts(journal, attributes, included.length > 0);
    const pool = endPoolBlock(journal, { number, transactions: compact, entries: [], credited }, rules.treeHash);
    const diff = journal.finish();
    const transactions = included.map(({ bytes }) => bytes);
    const header: Header = {
      parentHash: headerHash(parent.header),
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
      cancun: undefined,
    };
    return {
      header,
      hash: headerHash(header),
      transactions,
      withdrawals: attributes.withdrawals,
      receipts,
      diff,
      compact: pool.compact,
      txids: included.map(({ txid }) => txid),
    };
  };

  return { apply: (checked) => Promise.resolve(apply(checked)), seal };
}

/** Step 4 of protocol, section 6: nullifiers in, the fee from the Pool to the proposer, the turnstile down by it. */
function spend(journal: Journal, checked: CheckedTransaction, feeRecipient: EthAddress): void {
  for (const { nullifiers } of checked.tx.bundles) {
    for (const nullifier of nullifiers) journal.setStorage(POOL_ADDRESS, nullifierSlot(nullifier), ONE);
  }
  const counter = poolView(journal).turnstile(COIN);
  journal.setStorage(POOL_ADDRESS, turnstileSlot(COIN), wordOf(counter - checked.fee));
  journal.debit(POOL_ADDRESS, checked.fee);
  journal.credit(feeRecipient, checked.fee);
}

/**
 * Accounts without code that this block credited, for the compact block: the fee recipient if there were transactions, then the
 * withdrawals' addresses in order; each once.
 */
function creditedAccounts(journal: Journal, attributes: BlockAttributes, fees: boolean): EthAddress[] {
  const paid = attributes.withdrawals.filter(({ amount }) => amount > 0n).map(({ address }) => address);
  const seen = new Map<string, EthAddress>();
  for (const address of fees ? [attributes.feeRecipient, ...paid] : paid) {
    const codeHash = journal.account(address)?.codeHash ?? EMPTY_CODE_HASH;
    if (codeHash.every((byte, i) => byte === EMPTY_CODE_HASH[i])) seen.set(hexKey(address), address);
  }
  return [...seen.values()];
}
