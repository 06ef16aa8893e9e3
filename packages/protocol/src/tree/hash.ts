import { bytesToBigInt, bigIntToBytes } from "../bytes/index.js";
import { DOMAINS, H } from "../hash/index.js";
import { SeroError } from "../errors.js";
import type { Field } from "../types.js";

/** Levels of hashing between a leaf and the root. */
export const TREE_DEPTH = 16;
/** Children of a node. */
export const TREE_ARITY = 4;
/** Leaves that fit: 4^16. Indexes are below this. */
export const TREE_CAPACITY = 1n << 32n;
/** What stands where no leaf is yet. No commitment may be it. */
export const EMPTY_LEAF = 0n;

/** How nodes are hashed. */
export interface TreeHash {
  /** H(D_NODE, c0, c1, c2, c3). */
  node(c0: Field, c1: Field, c2: Field, c3: Field): Field;
  /** The same for many nodes at once: n times four children of 32 bytes BE in, n nodes of 32 bytes BE out. */
  nodes?(children: Uint8Array): Uint8Array;
}

/** Poseidon in plain TypeScript. The bulk engine in wasm/ has the same interface. */
export const poseidonTreeHash: TreeHash = {
  node: (c0, c1, c2, c3) => H(DOMAINS.D_NODE, c0, c1, c2, c3),
};

const emptyByHash = new WeakMap<TreeHash, readonly Field[]>();

/** Roots of empty subtrees: entry l is the one of height l; entry 0 the empty leaf, entry 16 the root of the empty tree. */
export function emptyRoots(hash: TreeHash = poseidonTreeHash): readonly Field[] {
  const known = emptyByHash.get(hash);
  if (known !== undefined) return known;
  const roots: Field[] = [EMPTY_LEAF];
  for (let level = 0; level < TREE_DEPTH; level++) {
    const child = roots[level]!;
    roots.push(hash.node(child, child, child, child));
  }
  emptyByHash.set(hash, roots);
  return roots;
}

/** Below this many nodes the way through bytes costs more than it saves. */
const BULK_FROM = 8;

/** Parents of `children`, whose number is a multiple of 4, in order. */
export function hashParents(children: readonly Field[], hash: TreeHash): Field[] {
  const parents: Field[] = [];
  const count = children.length / TREE_ARITY;
  if (hash.nodes === undefined || count < BULK_FROM) {
    for (let i = 0; i < children.length; i += TREE_ARITY)
      parents.push(hash.node(children[i]!, children[i + 1]!, children[i + 2]!, children[i + 3]!));
    return parents;
  }
  const bytes = new Uint8Array(32 * children.length);
  children.forEach((child, i) => bytes.set(bigIntToBytes(child, 32), 32 * i));
  const out = hash.nodes(bytes);
  for (let i = 0; i < count; i++) parents.push(bytesToBigInt(out.subarray(32 * i, 32 * i + 32)));
  return parents;
}

/** `index` itself. Throws `tree/index` unless it is a leaf index: 0 <= index < 4^16 (attack A3). */
export function expectLeafIndex(index: bigint): bigint {
  if (index < 0n || index >= TREE_CAPACITY)
    throw new SeroError("tree/index", "A leaf's index is 0 to 2^32 - 1; there is no other leaf.", {
      index: String(index),
    });
  return index;
}
