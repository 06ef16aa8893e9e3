import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { bigIntToBytes, bytesToBigInt, concatBytes } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import {
  EMPTY_FRONTIER,
  TREE_CAPACITY,
  TREE_DEPTH,
  appendLeaves,
  denseTree,
  emptyRoots,
  frontierBytes,
  frontierFrom,
  frontierFromBytes,
  frontierRoot,
  pathPosition,
  poseidonTreeHash,
  rootFromPath,
  treeHashOf,
  type Siblings,
  type TreeHash,
} from "../../src/tree/index.js";
import type { Commitment, Field } from "../../src/types.js";
import { fastHash } from "./fast-hash.js";

const leaf = (n: number): Commitment => (BigInt(n) * 0x123456789n + 1n) as Commitment;
const leaves = (count: number, from = 0): Commitment[] => Array.from({ length: count }, (_, i) => leaf(from + i));
const hash = fastHash();

/** The frontier one leaf short of a full tree, all of whose other leaves are `cm`: reached without appending 4^16 of them. */
function nearlyFull(cm: Commitment, h: TreeHash): { frontier: ReturnType<typeof frontierFrom>; levels: Field[] } {
  const levels: Field[] = [cm];
  for (let level = 0; level < TREE_DEPTH; level++) {
    const node = levels[level]!;
    levels.push(h.node(node, node, node, node));
  }
  return { frontier: frontierFrom(TREE_CAPACITY - 1n, (level) => levels[level]!), levels };
}

describe("frontier", () => {
  it("has the dense tree's root after any sequence of appends", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 8 }), (blocks) => {
        let frontier = EMPTY_FRONTIER;
        let count = 0;
        for (const size of blocks) {
          frontier = appendLeaves(frontier, leaves(size, count), hash);
          count += size;
          expect(frontier.count).toBe(BigInt(count));
          expect(frontierRoot(frontier, hash)).toBe(denseTree(leaves(count), hash).root);
        }
        expect(frontierFromBytes(frontierBytes(frontier))).toEqual(frontier);
      }),
      { numRuns: 60 },
    );
  });

  it("has the dense tree's root under Poseidon", () => {
    const frontier = appendLeaves(appendLeaves(EMPTY_FRONTIER, leaves(7)), leaves(14, 7));
    expect(frontierRoot(frontier)).toBe(denseTree(leaves(21)).root);
    expect(frontierRoot(EMPTY_FRONTIER)).toBe(emptyRoots()[TREE_DEPTH]);
  });

  it("hashes a third of a time a leaf, and the same nodes through the bulk interface", () => {
    let calls = 0;
    const one: TreeHash = { node: (...c) => (calls++, hash.node(...c)) };
    const bulk = treeHashOf((bytes) => {
      const child = (i: number): Field => bytesToBigInt(bytes.subarray(32 * i, 32 * i + 32));
      const out: Uint8Array[] = [];
      for (let i = 0; i < bytes.length / 32; i += 4)
        out.push(bigIntToBytes(hash.node(child(i), child(i + 1), child(i + 2), child(i + 3)), 32));
      return concatBytes(...out);
    });
    const plain = appendLeaves(EMPTY_FRONTIER, leaves(1000), one);
    expect(calls).toBeLessThan(334);
    expect(appendLeaves(EMPTY_FRONTIER, leaves(1000), bulk)).toEqual(plain);
    expect(frontierRoot(plain, bulk)).toBe(frontierRoot(plain, hash));
  });

  it("A10: refuses the empty leaf, leaves outside the field and one leaf past the last", () => {
    expect(() => appendLeaves(EMPTY_FRONTIER, [0n as Commitment], hash)).toThrowError(/above 0/);
    expect(() => appendLeaves(EMPTY_FRONTIER, [FIELD_ORDER as Commitment], hash)).toThrowError(/below the field/);
    const { frontier, levels } = nearlyFull(leaf(5), hash);
    const full = appendLeaves(frontier, [leaf(5)], hash);
    expect(full.count).toBe(TREE_CAPACITY);
    expect(frontierRoot(full, hash)).toBe(levels[TREE_DEPTH]);
    expect(frontierFromBytes(frontierBytes(full))).toEqual(full);
    expect(() => appendLeaves(full, [leaf(6)], hash)).toThrowError(/full/);
    expect(() => appendLeaves(frontier, [leaf(5), leaf(6)], hash)).toThrowError(/full/);
  });

  it("E37: refuses cut, padded and out-of-range frontiers", () => {
    const bytes = frontierBytes(appendLeaves(EMPTY_FRONTIER, leaves(27), hash));
    for (let length = 0; length < bytes.length; length++)
      expect(() => frontierFromBytes(bytes.subarray(0, length))).toThrowError(/frontier/);
    expect(() => frontierFromBytes(concatBytes(bytes, new Uint8Array(1)))).toThrowError(/frontier/);
    expect(() => frontierFromBytes(concatBytes(bytes, new Uint8Array(32)))).toThrowError(/frontier/);
    expect(() => frontierFrom(TREE_CAPACITY + 1n, () => 1n)).toThrowError(/frontier/);
    expect(() => frontierFrom(1n, () => FIELD_ORDER)).toThrowError(/frontier/);
    expect(() => frontierFrom(1n, () => 0n)).toThrowError(/frontier/);
  });
});

describe("path", () => {
  const tree = denseTree(leaves(23), hash);

  it("A10: leads from every leaf, the last one too, to the root, and from nothing else", () => {
    for (let i = 0; i < 23; i++) expect(rootFromPath(leaf(i), tree.path(BigInt(i)), hash)).toBe(tree.root);
    expect(rootFromPath(leaf(23), tree.path(22n), hash)).not.toBe(tree.root);
    expect(() => tree.path(23n)).toThrowError(/no leaf/);
  });

  it("A10: the last leaf of a full tree has a path; one past the last has none", () => {
    const { levels } = nearlyFull(leaf(5), hash);
    const siblings = levels.slice(0, TREE_DEPTH).map((node): Siblings => [node, node, node]);
    const last = { leafIndex: TREE_CAPACITY - 1n, siblings };
    expect(rootFromPath(leaf(5), last, hash)).toBe(levels[TREE_DEPTH]);
    expect(() => rootFromPath(leaf(5), { leafIndex: TREE_CAPACITY, siblings }, hash)).toThrowError(/2\^32/);
  });

  it("A10: takes no inner node for a leaf: a path has 16 levels, never 15 or 17", () => {
    const path = tree.path(6n);
    const inner = hash.node(leaf(4), leaf(5), leaf(6), leaf(7)) as Commitment;
    const upper = { leafIndex: 1n, siblings: path.siblings.slice(1) };
    expect(() => rootFromPath(inner, upper, hash)).toThrowError(/16 levels/);
    const long = { leafIndex: 1n, siblings: [...path.siblings.slice(1), path.siblings[15]!] };
    expect(rootFromPath(inner, long, hash)).not.toBe(tree.root);
    const extra = { leafIndex: 6n, siblings: [...path.siblings, path.siblings[15]!] };
    expect(() => rootFromPath(leaf(6), extra, hash)).toThrowError(/16 levels/);
  });

  it("A10: the empty leaf has no path, though its siblings would hash to the root", () => {
    const siblings = tree
      .path(22n)
      .siblings.map((row, level): Siblings => (level === 0 ? [leaf(20), leaf(21), leaf(22)] : row));
    const path = { leafIndex: 23n, siblings };
    let node = 0n;
    siblings.forEach((row, level) => {
      const children = [...row];
      children.splice(pathPosition(23n, level), 0, node);
      node = hash.node(children[0]!, children[1]!, children[2]!, children[3]!);
    });
    expect(node).toBe(tree.root);
    expect(() => rootFromPath(0n as Commitment, path, hash)).toThrowError(/above 0/);
  });

  it("A3: refuses a leaf index plus 2^32 and a negative one, which have the same low bits", () => {
    const path = tree.path(6n);
    expect(() => rootFromPath(leaf(6), { ...path, leafIndex: 6n + TREE_CAPACITY }, hash)).toThrowError(/2\^32/);
    expect(() => rootFromPath(leaf(6), { ...path, leafIndex: 6n - TREE_CAPACITY }, hash)).toThrowError(/2\^32/);
  });

  it("A6: refuses siblings and leaves at or above r", () => {
    const path = tree.path(6n);
    const aliased = path.siblings.map((row): Siblings => [row[0] + FIELD_ORDER, row[1], row[2]]);
    expect(() => rootFromPath(leaf(6), { ...path, siblings: aliased }, hash)).toThrowError(/below the field/);
    expect(() => rootFromPath((leaf(6) + FIELD_ORDER) as Commitment, path, hash)).toThrowError(/below r/);
  });

  it("uses D_NODE: the default hash is not Poseidon of four inputs", () => {
    expect(poseidonTreeHash.node(1n, 2n, 3n, 4n)).not.toBe(poseidonTreeHash.node(4n, 3n, 2n, 1n));
  });
});
