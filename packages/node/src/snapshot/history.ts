import { decodeHeader, headerHash, type Header, type Rules } from "@sero/execution";
import {
  appendLeaves,
  COIN,
  coinOut,
  decodeCompactBlock,
  EMPTY_FRONTIER,
  EMPTY_STREAM_DIGEST,
  equalBytes,
  fieldToBytes,
  frontierBytes,
  frontierRoot,
  leavesOf,
  memoDigest,
  rlpReader,
  streamDigest,
  type AssetId,
  type BlockHash,
  type CompactBlock,
  type Frontier,
  type RlpItem,
} from "@sero/protocol";
import { encodeStoredCompact } from "../store/compact.js";
import type { Environment } from "../store/environment.js";
import { encodePoolEvents, poolEventsFrom } from "../store/events.js";
import { numberKey } from "../store/keys.js";
import { encodeMemos, memosFrom } from "../store/memos.js";
import { encodeTreeRecord, type TreeRecord } from "../store/tree-record.js";
import { checkEventsOfBlock } from "./events.js";
import { forged } from "./format.js";

/** What the blocks of a snapshot came to. */
export interface History {
  /** Number of the next block. */
  readonly next: bigint;
  readonly hash: BlockHash;
  readonly header: Header | undefined;
  readonly compact: CompactBlock | undefined;
  readonly tree: TreeRecord | undefined;
  readonly frontier: Frontier;
  /** Coin that is in the Pool by these blocks. */
  readonly coin: bigint;
  /** What was ever completed of each other asset: more than is in the Pool of it. */
  readonly completed: ReadonlyMap<AssetId, bigint>;
}

/** Takes blocks from genesis on, checks that each follows from the one before, and stores what a node keeps of a block without its body. */
export interface HistoryImport {
  readonly state: () => History;
  /** One entry of a frame: [header, compact, memos, events]. To be called inside `Environment.write`. @throws SeroError `snapshot/forged` */
  add(entry: RlpItem): void;
}

/** Begins before genesis. */
export function openHistoryImport(environment: Environment, rules: Rules): HistoryImport {
  const { headers, compact, memos: memoTable, events: eventTable, trees, canonical } = environment;
  const completed = new Map<AssetId, bigint>();
  let state: History = {
    next: 0n,
    hash: new Uint8Array(32) as BlockHash,
    header: undefined,
    compact: undefined,
    tree: undefined,
    frontier: EMPTY_FRONTIER,
    coin: 0n,
    completed,
  };

  function treeAfter(block: CompactBlock, bytes: Uint8Array, frontier: Frontier): TreeRecord {
    const { tree, hash } = state;
    const digest = streamDigest(tree?.streamDigest ?? EMPTY_STREAM_DIGEST, bytes);
    if (tree && tree.count === frontier.count) {
      // As `treeRecordOf` does: the ancestor is named that holds the frontier.
      const at = tree.frontier.kind === "at" ? tree.frontier : ({ kind: "at", hash } as const);
      return { count: tree.count, root: tree.root, streamDigest: digest, frontier: at };
    }
    const root = fieldToBytes(frontierRoot(frontier, rules.treeHash));
    const kept = { kind: "bytes", bytes: frontierBytes(frontier) } as const;
    return { count: frontier.count, root, streamDigest: digest, frontier: kept };
  }

  return {
    state: () => state,
    add(entry) {
      const read = rlpReader("snapshot");
      const [first, second, third, fourth] = read.list(entry, "block", 4);
      const headerBytes = read.bytes(first, "header");
      const compactBytes = read.bytes(second, "compact block");
      const number = state.next;
      const at = { number: number.toString() };
      const header = decodeHeader(headerBytes);
      if (header.number !== number || !equalBytes(header.parentHash, state.hash)) {
        throw forged("its headers are no chain", at);
      }
      const hash = headerHash(header);
      if (number === 0n && !equalBytes(hash, rules.genesis.hash)) throw forged("it begins with another block", at);
      const block = decodeCompactBlock(compactBytes);
      if (block.number !== number || block.firstLeaf !== state.frontier.count) {
        throw forged("its compact blocks are not in order", at);
      }
      const memos = memosFrom(third);
      const areRight =
        memos.length === block.transactions.length &&
        block.transactions.every((one, i) => equalBytes(one.memoDigest, memoDigest(memos[i] ?? [])));
      if (!areRight) throw forged("its memos are not those of its transactions", at);
      const events = poolEventsFrom(fourth);
      checkEventsOfBlock(block, events, (asset) => completed.has(asset));
      const frontier = appendLeaves(state.frontier, leavesOf(block), rules.treeHash);
      const tree = treeAfter(block, compactBytes, frontier);
      let { coin } = state;
      for (const one of block.entries) {
        if (one.kind !== "completed") continue;
        if (one.asset === COIN) coin += one.value;
        else completed.set(one.asset, (completed.get(one.asset) ?? 0n) + one.value);
      }
      for (const transaction of block.transactions) coin -= coinOut(transaction);
      headers.putSync(hash, headerBytes);
      compact.putSync(hash, encodeStoredCompact(compactBytes, undefined));
      if (memos.length > 0) memoTable.putSync(hash, encodeMemos(memos));
      if (events.length > 0) eventTable.putSync(hash, encodePoolEvents(events));
      trees.putSync(hash, encodeTreeRecord(tree));
      canonical.putSync(numberKey(number), hash);
      state = { next: number + 1n, hash, header, compact: block, tree, frontier, coin, completed };
    },
  };
}
