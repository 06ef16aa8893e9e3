import {
  COIN,
  POOL_ADDRESS,
  poseidonTreeHash,
  genesisId,
  turnstileSlot,
  type BlockHash,
  type ChainSpec,
  type EthAddress,
  type PoolEntry,
  type TreeHash,
} from "@sero/protocol";
import { bloomOf, EMPTY_OMMERS_HASH, encodeHeader, headerHash, type Header } from "./block/index.js";
import { endPoolBlock } from "./pool/index.js";
import { emptyState, layered, openJournal, wordOf, type StateBackend, type StateDiff } from "./state/index.js";
import { EMPTY_ROOT } from "./trie/index.js";

/** The first block with the state it makes. */
export interface Genesis {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly hash: BlockHash;
  /** On top of the empty state. */
  readonly diff: StateDiff;
  /** Canonical bytes of the genesis block's compact block: the completed notes. */
  readonly compact: Uint8Array;
  /** The state as a view in memory. */
  readonly state: StateBackend;
}

/** Until the contracts come, the Pool's code refuses every call: PUSH0 PUSH0 REVERT. */
const CLOSED_POOL_CODE = Uint8Array.of(0x5f, 0x5f, 0xfd);

/**
 * The genesis block of a chain: the Pool with one completed note (blind 0) for each of spec.genesisNotes, its balance and its turnstile
 * their sum. extraData is the rules id, so the genesis hash commits to the whole spec.
 */
export function makeGenesis(spec: ChainSpec, hash: TreeHash = poseidonTreeHash): Genesis {
  const journal = openJournal(emptyState());
  const supply = spec.genesisNotes.reduce((sum, note) => sum + note.value, 0n);
  journal.setCode(POOL_ADDRESS, CLOSED_POOL_CODE);
  journal.setAccount(POOL_ADDRESS, { ...journal.account(POOL_ADDRESS)!, nonce: 1n, balance: supply });
  journal.setStorage(POOL_ADDRESS, turnstileSlot(COIN), wordOf(supply));
  const entries = spec.genesisNotes.map(({ inner, value }): PoolEntry => ({
    kind: "completed",
    transaction: undefined,
    inner,
    asset: COIN,
    value,
  }));
  const { compact } = endPoolBlock(journal, { number: 0n, transactions: [], entries, credited: [] }, hash);
  const diff = journal.finish();
  const zero = new Uint8Array(32);
  const header: Header = {
    parentHash: zero as BlockHash,
    ommersHash: EMPTY_OMMERS_HASH,
    feeRecipient: new Uint8Array(20) as EthAddress,
    stateRoot: diff.root,
    transactionsRoot: EMPTY_ROOT,
    receiptsRoot: EMPTY_ROOT,
    logsBloom: bloomOf([]),
    difficulty: 0n,
    number: 0n,
    gasLimit: spec.gasLimit,
    gasUsed: 0n,
    timestamp: spec.genesisTime,
    extraData: genesisId(spec),
    prevRandao: zero,
    nonce: new Uint8Array(8),
    baseFee: spec.baseFee,
    withdrawalsRoot: EMPTY_ROOT,
    cancun: undefined,
  };
  return {
    header,
    headerBytes: encodeHeader(header),
    hash: headerHash(header),
    diff,
    compact,
    state: layered(emptyState(), diff),
  };
}
