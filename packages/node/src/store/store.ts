import {
  decodeStateDiff,
  encodeStateDiff,
  type Receipt,
  type StateDiff,
  type TransactionDetail,
} from "@sero/execution";
import { concatBytes, SeroError, utf8, type BlockHash, type TxId } from "@sero/protocol";
import { baseReads, mergeIntoBase, type BaseReads } from "./base-state.js";
import { bodyBytesOf, decodeStoredBody, encodeStoredBody, type StoredBody } from "./body.js";
import { decodeStoredCompact, encodeStoredCompact } from "./compact.js";
import { decodeStoredDetails, encodeStoredDetails, type StoredDetail } from "./details.js";
import { openEnvironment, type ChainIdentity, type Environment } from "./environment.js";
import { decodePoolEvents, encodePoolEvents, poolEventsOf, type PoolEvent } from "./events.js";
import { numberKey, numberOfKey } from "./keys.js";
import { decodeMemos, encodeMemos, memosOf, type BlockMemos } from "./memos.js";
import { putRecent, recentReads, removeRecent } from "./recent.js";
import { decodeStoredReceipts, encodeStoredReceipts } from "./receipts.js";
import { decodeTreeRecord, encodeTreeRecord, type TreeRecord } from "./tree-record.js";

/** One block with everything that is kept of it. */
export interface StoredBlock {
  readonly hash: BlockHash;
  /** RLP. */
  readonly header: Uint8Array;
  readonly body: StoredBody;
  readonly receipts: readonly Receipt[];
  readonly details: readonly TransactionDetail[];
  readonly compact: Uint8Array;
  readonly tree: TreeRecord;
  readonly diff: StateDiff;
}

/** The three blocks that a consensus client names. The state tables are those of `finalized`. */
export interface Pointers {
  readonly head: BlockHash;
  readonly safe: BlockHash;
  readonly finalized: BlockHash;
}

/** One canonical block for the index. */
export interface CanonicalEntry {
  readonly number: bigint;
  readonly hash: BlockHash;
  readonly txids: readonly TxId[];
}

/** What a block above the finalized one changed. */
export interface Layer {
  readonly hash: BlockHash;
  readonly number: bigint;
  readonly diff: StateDiff;
}

/** A change of fork choice, written in one transaction. */
export interface ForkchoiceWrite {
  readonly pointers: Pointers;
  /** Blocks that leave the canonical chain. */
  readonly leave: readonly CanonicalEntry[];
  /** Blocks that join it. */
  readonly join: readonly CanonicalEntry[];
  /** Blocks from above the old finalized one up to the new one, in order: their layers become part of the base. */
  readonly finalize: readonly Layer[];
  /** Canonical blocks whose changes are read from rows from now on, and blocks whose rows are removed because they leave the canonical chain. */
  readonly sink: readonly Layer[];
  readonly raise: readonly Layer[];
  /** Number of the newest canonical block that is final or has rows, after this. */
  readonly sunkThrough: bigint;
  /** Side blocks that can never return. */
  readonly forget: readonly BlockHash[];
}

/** Where a transaction is. */
export interface TransactionPlace {
  readonly number: bigint;
  readonly index: number;
}

/** Blocks, receipts, indexes and state on disk. Every write is one flushed transaction. */
export interface Store {
  readonly environment: Environment;
  readonly base: BaseReads;
  /** Undefined until `begin`. */
  pointers(): Pointers | undefined;
  header(hash: Uint8Array): Uint8Array | undefined;
  body(hash: Uint8Array): StoredBody | undefined;
  /** RLP of [transactions, [], withdrawals], without decoding it. */
  bodyBytes(hash: Uint8Array): Uint8Array | undefined;
  receipts(hash: Uint8Array): Receipt[] | undefined;
  details(hash: Uint8Array): StoredDetail[] | undefined;
  compact(hash: Uint8Array): Uint8Array | undefined;
  /** Memo chunks of a block's transactions; kept also when its body is not. */
  memos(hash: Uint8Array): BlockMemos | undefined;
  /** What the Pool says of assets and packages in a block, in order; kept for ever. */
  events(hash: Uint8Array): PoolEvent[];
  tree(hash: Uint8Array): TreeRecord | undefined;
  canonicalHash(number: bigint): BlockHash | undefined;
  place(txid: Uint8Array): TransactionPlace | undefined;
  /** Blocks above the finalized one whose layers are kept, in no order. */
  layers(): { readonly hash: BlockHash; readonly diff: StateDiff }[];
  /** Hashes of the same blocks. */
  layerHashes(): BlockHash[];
  /** One of these layers. */
  layer(hash: Uint8Array): StateDiff | undefined;
  /** Number of the newest canonical block that is final or whose changes are rows; 0 when no block has rows. */
  sunkThrough(): bigint;
  /** The state after a canonical block of at most that number. */
  readsAt(number: bigint): BaseReads;
  /** Writes genesis as head, safe and finalized block, its state as the base. */
  begin(genesis: StoredBlock): void;
  /**
   * Stores the transactions and receipts of a block whose header is stored already; with `number`, also where the transactions are. To be called
   * inside `Environment.write`.
   */
  putTransactionsOf(hash: BlockHash, body: StoredBody, receipts: readonly Receipt[], number?: bigint): void;
  /** Makes a block head, safe and finalized block of a store whose tables were filled by an import. */
  beginAt(hash: BlockHash, oldestBody: bigint): void;
  putBlock(block: StoredBlock): void;
  setForkchoice(change: ForkchoiceWrite): void;
  /** Number of the oldest canonical block whose body, receipts and details are kept; 0 when all are. */
  oldestBody(): bigint;
  /**
   * Throws away bodies, receipts, details and places of transactions of final canonical blocks, oldest first, in one transaction. Headers,
   * compact blocks, memos, events and trees stay, so that wallets are served all of history.
   *
   * @param below number of the first block that keeps them
   * @param most blocks at a time
   * @returns whether there is more to throw away
   */
  prune(below: bigint, most: number): boolean;
  close(): Promise<void>;
}

const POINTERS = utf8("pointers");
const SUNK = utf8("sunkThrough");
const OLDEST_BODY = utf8("oldestBody");

/**
 * Opens or creates the store of one chain. The caller holds the directory's lock.
 *
 * @throws SeroError `store/open`, `store/schema`, `store/other-chain`, `store/disk-full`
 */
export function openStore(directory: string, identity: ChainIdentity): Store {
  const environment = openEnvironment(directory, identity);
  const { meta, headers, bodies, receipts, details, compact, memos, events, trees, canonical, transactions, layers } =
    environment;

  function put(block: StoredBlock): void {
    headers.putSync(block.hash, block.header);
    const body = encodeStoredBody(block.body);
    bodies.putSync(block.hash, body);
    receipts.putSync(block.hash, encodeStoredReceipts(block.receipts));
    details.putSync(block.hash, encodeStoredDetails(block.details));
    compact.putSync(block.hash, encodeStoredCompact(block.compact, body));
    const told = poolEventsOf(block.receipts, block.body.txids);
    if (told.length > 0) events.putSync(block.hash, encodePoolEvents(told));
    trees.putSync(block.hash, encodeTreeRecord(block.tree));
  }
  function setPointers({ head, safe, finalized }: Pointers): void {
    meta.putSync(POINTERS, concatBytes(head, safe, finalized));
  }

  const copy = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && Uint8Array.from(bytes);
  const base = baseReads(environment);
  const sunkThrough = (): bigint => numberOfKey(meta.get(SUNK) ?? numberKey(0n));
  const oldestBody = (): bigint => numberOfKey(meta.get(OLDEST_BODY) ?? numberKey(0n));
  const wholeCompact = (hash: Uint8Array): Uint8Array | undefined => {
    const bytes = copy(compact.get(hash));
    return bytes && decodeStoredCompact(bytes, () => bodies.get(hash));
  };

  return {
    environment,
    base,
    pointers() {
      const bytes = copy(meta.get(POINTERS));
      if (!bytes) return undefined;
      const at = (i: number): BlockHash => bytes.slice(32 * i, 32 * i + 32) as BlockHash;
      return { head: at(0), safe: at(1), finalized: at(2) };
    },
    header: (hash) => copy(headers.get(hash)),
    body(hash) {
      const bytes = copy(bodies.get(hash));
      return bytes && decodeStoredBody(bytes);
    },
    bodyBytes(hash) {
      const bytes = copy(bodies.get(hash));
      return bytes && bodyBytesOf(bytes);
    },
    receipts(hash) {
      const bytes = copy(receipts.get(hash));
      return bytes && decodeStoredReceipts(bytes);
    },
    details(hash) {
      const bytes = copy(details.get(hash));
      return bytes && decodeStoredDetails(bytes);
    },
    compact: wholeCompact,
    memos(hash) {
      const kept = copy(memos.get(hash));
      if (kept) return decodeMemos(kept);
      const body = copy(bodies.get(hash));
      if (body) return decodeStoredBody(body).transactions.map(memosOf);
      // An empty block has no row.
      return headers.get(hash) === undefined ? undefined : [];
    },
    events(hash) {
      const bytes = copy(events.get(hash));
      return bytes ? decodePoolEvents(bytes) : [];
    },
    tree(hash) {
      const bytes = copy(trees.get(hash));
      return bytes && decodeTreeRecord(bytes);
    },
    canonicalHash: (number) => copy(canonical.get(numberKey(number))) as BlockHash | undefined,
    place(txid) {
      const bytes = copy(transactions.get(txid));
      return bytes && { number: numberOfKey(bytes), index: new DataView(bytes.buffer).getUint32(8) };
    },
    layers() {
      const found: { hash: BlockHash; diff: StateDiff }[] = [];
      for (const { key, value } of layers.getRange()) {
        found.push({ hash: Uint8Array.from(key) as BlockHash, diff: decodeStateDiff(Uint8Array.from(value)) });
      }
      return found;
    },
    layerHashes: () => Array.from(layers.getKeys(), (key) => Uint8Array.from(key) as BlockHash),
    layer(hash) {
      const bytes = copy(layers.get(hash));
      return bytes && decodeStateDiff(bytes);
    },
    sunkThrough,
    readsAt: (number) => recentReads(environment, number, base),
    begin(genesis) {
      if (meta.get(POINTERS)) throw new SeroError("store/begun", "This store holds a chain already.");
      environment.write(() => {
        put(genesis);
        canonical.putSync(numberKey(0n), genesis.hash);
        mergeIntoBase(environment, genesis.diff);
        setPointers({ head: genesis.hash, safe: genesis.hash, finalized: genesis.hash });
      });
    },
    putTransactionsOf(hash, body, of, number) {
      const bytes = encodeStoredBody(body);
      const small = wholeCompact(hash);
      bodies.putSync(hash, bytes);
      if (small) compact.putSync(hash, encodeStoredCompact(small, bytes));
      receipts.putSync(hash, encodeStoredReceipts(of));
      details.putSync(hash, encodeStoredDetails([]));
      if (number === undefined) return;
      body.txids.forEach((txid, index) => transactions.putSync(txid, placeBytes(number, index)));
    },
    beginAt(hash, oldest) {
      if (meta.get(POINTERS)) throw new SeroError("store/begun", "This store holds a chain already.");
      environment.write(() => {
        meta.putSync(OLDEST_BODY, numberKey(oldest));
        setPointers({ head: hash, safe: hash, finalized: hash });
      });
    },
    putBlock(block) {
      const layer = encodeStateDiff(block.diff);
      environment.write(() => {
        put(block);
        layers.putSync(block.hash, layer);
      });
    },
    setForkchoice(change) {
      environment.write(() => {
        for (const block of change.leave) {
          canonical.removeSync(numberKey(block.number));
          for (const txid of block.txids) transactions.removeSync(txid);
        }
        for (const block of change.join) {
          canonical.putSync(numberKey(block.number), block.hash);
          block.txids.forEach((txid, index) => transactions.putSync(txid, placeBytes(block.number, index)));
        }
        for (const block of change.raise) removeRecent(environment, block.number, block.diff);
        for (const block of change.sink) putRecent(environment, block.number, block.diff);
        const sunk = sunkThrough();
        for (const block of change.finalize) {
          mergeIntoBase(environment, block.diff);
          if (block.number <= sunk) removeRecent(environment, block.number, block.diff);
          layers.removeSync(block.hash);
        }
        if (change.sunkThrough !== sunk) meta.putSync(SUNK, numberKey(change.sunkThrough));
        for (const hash of change.forget) {
          for (const table of [layers, headers, bodies, receipts, details, compact, events, trees])
            table.removeSync(hash);
        }
        setPointers(change.pointers);
      });
    },
    oldestBody,
    prune(below, most) {
      const from = oldestBody();
      const end = below - from > BigInt(most) ? from + BigInt(most) : below;
      if (end <= from) return false;
      environment.write(() => {
        // Genesis has a body without anything in it, and stays.
        for (let number = from === 0n ? 1n : from; number < end; number++) {
          const hash = copy(canonical.get(numberKey(number)));
          const body = hash && copy(bodies.get(hash));
          const small = hash && wholeCompact(hash);
          if (!body || !small) continue;
          const { txids, transactions: all } = decodeStoredBody(body);
          compact.putSync(hash, encodeStoredCompact(small, undefined));
          if (all.length > 0) memos.putSync(hash, encodeMemos(all.map(memosOf)));
          for (const txid of txids) transactions.removeSync(txid);
          for (const table of [bodies, receipts, details]) table.removeSync(hash);
        }
        meta.putSync(OLDEST_BODY, numberKey(end));
      });
      return end < below;
    },
    close: () => environment.close(),
  };
}

function placeBytes(number: bigint, index: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, number);
  view.setUint32(8, index);
  return bytes;
}
