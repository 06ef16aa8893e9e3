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

/** Writes field elements as 32 bytes BE each: by 64-bit words, ten times as fast as by hex. */
function writeFields(values: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(32 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    for (let word = 0; word < 4; word++)
      view.setBigUint64(32 * i + 8 * word, BigInt.asUintN(64, value >> BigInt(64 * (3 - word))));
  });
  return bytes;
}

/** Reads what `writeFields` wrote. */
function readFields(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: Field[] = [];
  for (let at = 0; at < bytes.length; at += 32) {
    const high = (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
    values.push((high << 128n) | (view.getBigUint64(at + 16) << 64n) | view.getBigUint64(at + 24));
  }
  return values;
}

/** A `TreeHash` by a bulk hash of nodes, such as `openPoseidon().hashNodes` of wasm/: n times four children in, n nodes out. */
export const treeHashOf = (hashNodes: (children: Uint8Array) => Uint8Array): TreeHash => ({
  node: (...children) => readFields(hashNodes(writeFields(children)))[0]!,
  nodes: hashNodes,
});

/** Parents of `children`, whose number is a multiple of 4, in order. */
export function hashParents(children: readonly Field[], hash: TreeHash): Field[] {
  if (children.length === 0) return [];
  if (hash.nodes !== undefined) return readFields(hash.nodes(writeFields(children)));
  const parents: Field[] = [];
  for (let i = 0; i < children.length; i += TREE_ARITY)
    parents.push(hash.node(children[i]!, children[i + 1]!, children[i + 2]!, children[i + 3]!));
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
