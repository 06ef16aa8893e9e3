import { bigIntToBytes, bytesToBigInt } from "../bytes/index.js";
import { isField } from "../field/index.js";
import { SeroError } from "../errors.js";
import type { Anchor, Commitment, Field } from "../types.js";
import {
  EMPTY_LEAF,
  TREE_ARITY,
  TREE_CAPACITY,
  TREE_DEPTH,
  emptyRoots,
  hashParents,
  poseidonTreeHash,
} from "./hash.js";
import type { TreeHash } from "./hash.js";

/**
 * All that is needed to append to the tree and to know its root. Immutable; levels that an append did not touch are shared.
 * `filled[l]` are the complete nodes of level l (0: leaves) whose parent is not complete: digit l of `count` in base 4 of them.
 * Level 16 holds the root of a full tree.
 */
export interface Frontier {
  readonly count: bigint;
  readonly filled: readonly (readonly Field[])[];
}

const NOTHING: readonly Field[] = [];

/** The frontier of the tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { count: 0n, filled: Array.from({ length: TREE_DEPTH + 1 }, () => NOTHING) };

/** How many complete nodes level `level` of a frontier of `count` leaves has. */
export const frontierDigit = (count: bigint, level: number): number => Number((count >> BigInt(2 * level)) & 3n);

/** Refuses what can't be a leaf, and more leaves than fit. */
export function checkLeaves(count: bigint, leaves: readonly Commitment[]): void {
  if (count + BigInt(leaves.length) > TREE_CAPACITY)
    throw new SeroError("tree/full", "The note tree is full: it has no room for these leaves.", {
      count: String(count),
      leaves: leaves.length,
    });
  for (const leaf of leaves)
    if (leaf === EMPTY_LEAF || !isField(leaf))
      throw new SeroError("tree/leaf", "A leaf must be above 0, which means no leaf, and below the field's order.");
}

/** Sees every node that an append completes, level by level: `first` is the index of nodes[0] in its level. */
export type NodeVisitor = (level: number, first: bigint, nodes: readonly Field[]) => void;

/**
 * The frontier after `leaves`, hashed once, level by level: a third of a hash a leaf. `visit` sees the new nodes of every level,
 * leaves included. Throws `tree/full` or `tree/leaf`.
 */
export function appendLeaves(
  frontier: Frontier,
  leaves: readonly Commitment[],
  hash: TreeHash = poseidonTreeHash,
  visit?: NodeVisitor,
): Frontier {
  checkLeaves(frontier.count, leaves);
  if (leaves.length === 0) return frontier;
  const filled = [...frontier.filled];
  let added: readonly Field[] = leaves;
  for (let level = 0; level <= TREE_DEPTH && added.length > 0; level++) {
    visit?.(level, frontier.count >> BigInt(2 * level), added);
    const nodes = [...filled[level]!, ...added];
    const rest = nodes.length % TREE_ARITY;
    filled[level] = rest === 0 ? NOTHING : nodes.slice(nodes.length - rest);
    added = level === TREE_DEPTH ? NOTHING : hashParents(nodes.slice(0, nodes.length - rest), hash);
  }
  return { count: frontier.count + BigInt(leaves.length), filled };
}

/**
 * For every level the node that the last leaf's path passes and that is not complete, or undefined where there is none (all
 * leaves are in complete nodes of that level); entry 16 is the root of a tree that is neither empty nor full.
 */
export function partialNodes(frontier: Frontier, hash: TreeHash = poseidonTreeHash): readonly (Field | undefined)[] {
  const empty = emptyRoots(hash);
  const partial: (Field | undefined)[] = [undefined];
  for (let level = 0; level < TREE_DEPTH; level++) {
    const children = [...frontier.filled[level]!];
    const last = partial[level];
    if (last !== undefined) children.push(last);
    if (children.length === 0) {
      partial.push(undefined);
      continue;
    }
    while (children.length < TREE_ARITY) children.push(empty[level]!);
    partial.push(hash.node(children[0]!, children[1]!, children[2]!, children[3]!));
  }
  return partial;
}

/** The root of the tree, empty leaves as 0. At most 16 hashes. */
export function frontierRoot(frontier: Frontier, hash: TreeHash = poseidonTreeHash): Anchor {
  const root = frontier.filled[TREE_DEPTH]![0] ?? partialNodes(frontier, hash)[TREE_DEPTH];
  return (root ?? emptyRoots(hash)[TREE_DEPTH]) as Anchor;
}

/**
 * The frontier of `count` leaves whose complete nodes `node(level, index)` gives. Throws `tree/frontier` if count or a node is out
 * of range. A wrong node shows only in the root.
 */
export function frontierFrom(count: bigint, node: (level: number, index: number) => Field): Frontier {
  const refuse = (): SeroError => new SeroError("tree/frontier", "This is not a frontier of the note tree.");
  if (count < 0n || count > TREE_CAPACITY) throw refuse();
  const filled = Array.from({ length: TREE_DEPTH + 1 }, (_, level) => {
    const digit = frontierDigit(count, level);
    if (digit === 0) return NOTHING;
    return Array.from({ length: digit }, (_, index) => {
      const value = node(level, index);
      // A node of 0 is possible by chance in no hash, and as a leaf it would be the empty one.
      if (value === EMPTY_LEAF || !isField(value)) throw refuse();
      return value;
    });
  });
  return { count, filled };
}

/** Canonical bytes: count as 8 bytes BE, then the complete nodes, levels from the leaves up, each 32 bytes BE. */
export function frontierBytes(frontier: Frontier): Uint8Array {
  const nodes = frontier.filled.flat();
  const out = new Uint8Array(8 + 32 * nodes.length);
  out.set(bigIntToBytes(frontier.count, 8));
  nodes.forEach((node, i) => out.set(bigIntToBytes(node, 32), 8 + 32 * i));
  return out;
}

/** The frontier that `frontierBytes` gave. Throws `tree/frontier` for any other bytes. */
export function frontierFromBytes(bytes: Uint8Array): Frontier {
  const count = bytes.length < 8 ? -1n : bytesToBigInt(bytes.subarray(0, 8));
  let at = 8;
  const frontier = frontierFrom(count, () => {
    at += 32;
    if (at > bytes.length) return -1n;
    return bytesToBigInt(bytes.subarray(at - 32, at));
  });
  if (at !== bytes.length) throw new SeroError("tree/frontier", "Bytes follow the end of this frontier.");
  return frontier;
}
