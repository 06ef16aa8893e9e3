import { REPACK_DEVELOPMENT_KEY, verifyingKeyBytes } from "@sero/circuits";
import { POOL_RUNTIME, PREDEPLOYS } from "@sero/contracts";
import {
  bigIntToBytes,
  COIN,
  concatBytes,
  forkAt,
  genesisIdSlot,
  isAtLeast,
  keccak256,
  keyHolderSlot,
  POOL_ADDRESS,
  repackKeyIdSlot,
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
import { requestsHashOf } from "./forks/index.js";
import { endPoolBlock } from "./pool/index.js";
import {
  emptyState,
  layered,
  openJournal,
  wordOf,
  type Journal,
  type StateBackend,
  type StateDiff,
} from "./state/index.js";
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

/** The account that holds the repack circuit's development key: its code is 0x00 and the key's bytes. */
export const REPACK_KEY_HOLDER = bigIntToBytes(0x5e5fn, 20) as EthAddress;

/** STOP: a key holder can't be run. */
const KEY_PREFIX = Uint8Array.of(0);

/** Registers the repack circuit's key as the Pool's own code would. Real chains have none until a ceremony made one. */
function registerRepackKey(journal: Journal): void {
  const key = verifyingKeyBytes(REPACK_DEVELOPMENT_KEY);
  const vkId = keccak256(key);
  makeContract(journal, REPACK_KEY_HOLDER, concatBytes(KEY_PREFIX, key));
  journal.setStorage(POOL_ADDRESS, repackKeyIdSlot(), vkId);
  journal.setStorage(POOL_ADDRESS, keyHolderSlot(vkId), addressWord(REPACK_KEY_HOLDER));
}

/** Nonce 1, as every contract since EIP-161. */
function makeContract(journal: Journal, address: EthAddress, code: Uint8Array, balance = 0n): void {
  journal.setCode(address, code);
  journal.setAccount(address, { ...journal.account(address)!, nonce: 1n, balance });
}

function addressWord(address: EthAddress): Uint8Array {
  const word = new Uint8Array(32);
  word.set(address, 12);
  return word;
}

/**
 * The genesis block of a chain: the Pool with its code and one completed note (blind 0) for each of spec.genesisNotes, its balance and its
 * turnstile their sum. extraData is the genesis id, so the genesis hash commits to every field that never changes. Forks that
 * are active at genesis give it their header fields; the contracts that they bring come with block 1.
 */
export function makeGenesis(spec: ChainSpec, hash: TreeHash = poseidonTreeHash): Genesis {
  const journal = openJournal(emptyState());
  const supply = spec.genesisNotes.reduce((sum, note) => sum + note.value, 0n);
  makeContract(journal, POOL_ADDRESS, POOL_RUNTIME, supply);
  journal.setStorage(POOL_ADDRESS, genesisIdSlot(), genesisId(spec));
  for (const { address, code, storage = [] } of PREDEPLOYS) {
    makeContract(journal, address, code);
    for (const [slot, value] of storage) journal.setStorage(address, slot, value);
  }
  if (spec.development) registerRepackKey(journal);
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
  const fork = forkAt(spec, spec.genesisTime);
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
    cancun: isAtLeast(fork, "cancun") ? { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot: zero } : undefined,
    requestsHash: isAtLeast(fork, "prague") ? requestsHashOf([]) : undefined,
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
