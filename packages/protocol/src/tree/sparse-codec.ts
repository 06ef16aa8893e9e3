import { bytesToBigInt } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { decodeRlp, encodeRlp, rlpReader, rlpUint, type RlpItem } from "../rlp/index.js";
import { SeroError } from "../errors.js";
import type { Field } from "../types.js";
import { EMPTY_FRONTIER, frontierBytes, frontierFrom, frontierFromBytes, type Frontier } from "./frontier.js";
import { TREE_DEPTH, poseidonTreeHash, type TreeHash } from "./hash.js";
import { SparseNoteTree, type Checkpoint } from "./sparse.js";

const VERSION = 1;
const LIMITS = { maxBytes: 2 ** 30, maxItems: 2 ** 24, maxDepth: 6 };

const read = rlpReader("tree");

/** Only the levels that changed: with few leaves a block, neighbouring checkpoints differ in a handful of nodes. */
function checkpointItem({ block, frontier }: Checkpoint, before: Frontier): RlpItem {
  const levels = frontier.filled.flatMap((nodes, level) => {
    const old = before.filled[level]!;
    const same = nodes.length === old.length && nodes.every((node, i) => node === old[i]);
    return same ? [] : [[rlpUint(level), nodes.map(fieldToBytes)]];
  });
  return [rlpUint(block), rlpUint(frontier.count), levels];
}

/**
 * The tree as bytes for a wallet's store: RLP of version, number of checkpoints to keep, marked leaves, kept nodes, the oldest
 * checkpoint's frontier and what changed from each to the next. Throws `tree/pending` while leaves wait for their checkpoint.
 */
export function sparseTreeBytes(tree: SparseNoteTree): Uint8Array {
  const { maxCheckpoints, marks, nodes, checkpoints } = tree.state();
  const sorted = [...nodes].sort(([a], [b]) => a - b);
  const oldest = checkpoints[0]!;
  return encodeRlp([
    rlpUint(VERSION),
    rlpUint(maxCheckpoints),
    marks.map(rlpUint),
    sorted.map(([key]) => rlpUint(key)),
    sorted.map(([, node]) => fieldToBytes(node)),
    rlpUint(oldest.block),
    frontierBytes(oldest.frontier),
    checkpoints.slice(1).map((checkpoint, i) => checkpointItem(checkpoint, checkpoints[i]!.frontier)),
  ]);
}

const damaged = (): SeroError =>
  new SeroError("tree/damaged", "These bytes are not a stored note tree; rebuild it from the chain.");

function readCheckpoint(item: RlpItem, before: Checkpoint): Checkpoint {
  const [block, count, changed] = read.list(item, "checkpoint", 3);
  const levels = new Map<number, readonly RlpItem[]>();
  for (const change of read.list(changed, "levels")) {
    const [level, nodes] = read.list(change, "level", 2);
    levels.set(read.small(level, "level", TREE_DEPTH), read.list(nodes, "nodes"));
  }
  const frontier = frontierFrom(read.uint(count, "count", 8), (level, index): Field => {
    const nodes = levels.get(level);
    if (nodes === undefined) return before.frontier.filled[level]![index] ?? -1n;
    return read.field(nodes[index], "node");
  });
  const number = read.uint(block, "block", 8);
  if (number <= before.block || frontier.count < before.frontier.count) throw damaged();
  return { block: number, frontier };
}

/**
 * The tree that `sparseTreeBytes` gave. Throws `tree/damaged` or `tree/encoding` for bytes that can't be one. The bytes must come
 * from an authenticated store: a changed node shows only as a root that the chain does not know.
 */
export function sparseTreeFromBytes(bytes: Uint8Array, hash: TreeHash = poseidonTreeHash): SparseNoteTree {
  let item: RlpItem;
  try {
    item = decodeRlp(bytes, LIMITS);
  } catch (error) {
    throw new SeroError("tree/damaged", damaged().message, {}, { cause: error });
  }
  const [version, keep, marks, keys, nodes, block, frontier, later] = read.list(item, "tree", 8);
  if (read.small(version, "version", 255) !== VERSION)
    throw new SeroError("tree/version", "This note tree was stored by another version; rebuild it from the chain.");
  const keyList = read.list(keys, "keys").map((key) => read.small(key, "key", Number.MAX_SAFE_INTEGER));
  const nodeList = read.list(nodes, "nodes", keyList.length);
  const checkpoints: Checkpoint[] = [
    { block: read.uint(block, "block", 8), frontier: frontierFromBytes(read.bytes(frontier, "frontier")) },
  ];
  for (const next of read.list(later, "checkpoints"))
    checkpoints.push(readCheckpoint(next, checkpoints[checkpoints.length - 1]!));
  const count = checkpoints[checkpoints.length - 1]?.frontier.count ?? EMPTY_FRONTIER.count;
  const markList = read.list(marks, "marks").map((mark) => read.small(mark, "mark", 2 ** 32 - 1));
  if (markList.some((mark) => BigInt(mark) >= count)) throw damaged();
  return new SparseNoteTree(
    {
      maxCheckpoints: Math.max(1, read.small(keep, "number of checkpoints", 2 ** 32)),
      marks: markList,
      nodes: new Map(keyList.map((key, i) => [key, bytesToBigInt(read.bytes(nodeList[i], "node", 32))])),
      checkpoints,
    },
    hash,
  );
}
