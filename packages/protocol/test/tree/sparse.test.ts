import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  EMPTY_FRONTIER,
  SparseNoteTree,
  appendLeaves,
  denseTree,
  rootFromPath,
  sparseTreeBytes,
  sparseTreeFromBytes,
} from "../../src/tree/index.js";
import type { Commitment } from "../../src/types.js";
import { fastHash } from "./fast-hash.js";

const hash = fastHash();
const leaf = (n: number): Commitment => (BigInt(n) * 0x123456789n + 1n) as Commitment;
const leaves = (count: number, from = 0): Commitment[] => Array.from({ length: count }, (_, i) => leaf(from + i));

interface Block {
  readonly leaves: readonly Commitment[];
  /** Positions within the block. */
  readonly own: readonly number[];
}

/** A block of up to 30 leaves, unlike any other, with up to 5 of them one's own. */
const blockOf = (serial: number, size: number, own: readonly number[]): Block => ({
  leaves: leaves(size, 1_000 * (serial + 1)),
  own: [...new Set(own.filter((i) => i < size))],
});

function add(tree: SparseNoteTree, number: bigint, block: Block): void {
  const first = tree.count;
  tree.append(block.leaves);
  for (const i of block.own) tree.mark(first + BigInt(i));
  tree.checkpoint(number);
}

/** Holds `tree` against dense trees of the same blocks: roots and all paths at every block. */
function expectEqual(tree: SparseNoteTree, blocks: readonly Block[]): void {
  const all: Commitment[] = [];
  const own: number[] = [];
  blocks.forEach((block, i) => {
    own.push(...block.own.map((position) => all.length + position));
    all.push(...block.leaves);
    const number = BigInt(i + 1);
    const dense = denseTree(all, hash);
    expect(tree.rootAt(number)).toBe(dense.root);
    for (const index of own) {
      expect(tree.pathAt(BigInt(index), number)).toEqual(dense.path(BigInt(index)));
    }
  });
  expect(tree.count).toBe(BigInt(all.length));
}

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ size: fc.nat(30), own: fc.array(fc.nat(29), { maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ back: fc.nat(6) }) },
);

describe("SparseNoteTree", () => {
  it("D30: after any appends, marks and rewinds equals a rebuild, and has the dense tree's paths at every checkpoint", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 14 }), (actions) => {
        const tree = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash });
        let blocks: Block[] = [];
        actions.forEach((step, serial) => {
          if ("back" in step) {
            const to = Math.max(0, blocks.length - step.back);
            expect(tree.rewind(BigInt(to))).toBe(BigInt(to));
            blocks = blocks.slice(0, to);
            return;
          }
          const block = blockOf(serial, step.size, step.own);
          blocks.push(block);
          add(tree, BigInt(blocks.length), block);
        });
        expectEqual(tree, blocks);
        const rebuilt = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash });
        blocks.forEach((block, i) => add(rebuilt, BigInt(i + 1), block));
        expect(sparseTreeBytes(tree)).toEqual(sparseTreeBytes(rebuilt));
        const stored = sparseTreeFromBytes(sparseTreeBytes(tree), hash);
        expectEqual(stored, blocks);
        expect(sparseTreeBytes(stored)).toEqual(sparseTreeBytes(tree));
      }),
      { numRuns: 60 },
    );
  });

  it("goes on from a frontier in the middle of the tree", () => {
    const start = appendLeaves(EMPTY_FRONTIER, leaves(1_003), hash);
    const tree = SparseNoteTree.from(100n, start, { hash });
    tree.append(leaves(50, 1_003));
    tree.mark(1_003n);
    tree.mark(1_030n);
    tree.checkpoint(101n);
    const dense = denseTree(leaves(1_053), hash);
    expect(tree.rootAt(101n)).toBe(dense.root);
    for (const index of [1_003n, 1_030n]) {
      expect(tree.pathAt(index, 101n)).toEqual(dense.path(index));
      expect(rootFromPath(leaf(Number(index)), tree.pathAt(index, 101n), hash)).toBe(dense.root);
    }
  });

  it("keeps a few nodes a note of 100,000 foreign leaves", () => {
    const tree = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash });
    for (let block = 0; block < 100; block++) {
      tree.append(leaves(1_000, 1_000 * block));
      if (block % 10 === 3) tree.mark(BigInt(1_000 * block + 77));
      tree.checkpoint(BigInt(block + 1));
    }
    // Ten notes: at most 3 siblings and the node itself at each of the 9 levels that 100,000 leaves fill.
    expect(tree.keptNodes).toBeLessThan(10 * 4 * 9);
    const path = tree.pathAt(3_077n, 100n);
    expect(rootFromPath(leaf(3_077), path, hash)).toBe(tree.rootAt(100n));
    expect(sparseTreeBytes(tree).length).toBeLessThan(80_000);
    tree.unmark([...Array(10).keys()].map((i) => BigInt(1_000 * (10 * i + 3) + 77)));
    expect(tree.keptNodes).toBe(0);
  });

  it("A10: has no path for foreign, later, empty and impossible leaves", () => {
    const tree = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash });
    add(tree, 1n, blockOf(0, 9, [4]));
    add(tree, 2n, blockOf(1, 9, [0]));
    const code = (index: bigint, block: bigint): unknown => {
      try {
        return tree.pathAt(index, block);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(5n, 2n)).toBe("tree/not-marked");
    expect(code(18n, 2n)).toBe("tree/not-marked");
    expect(code(9n, 1n)).toBe("tree/not-yet");
    expect(code(4n, 3n)).toBe("tree/unknown-block");
    expect(code(4n + (1n << 32n), 2n)).toBe("tree/index");
    expect(code(-1n, 2n)).toBe("tree/index");
    expect(() => tree.append([0n as Commitment])).toThrowError(/above 0/);
    expect(() => tree.mark(4n)).toThrowError(/rescan/);
    expect(() => tree.mark(18n)).toThrowError(/rescan/);
    expect(() => tree.checkpoint(2n)).toThrowError(/increasing/);
  });

  it("forgets old checkpoints, and says so when asked to go back further", () => {
    const tree = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash, maxCheckpoints: 4 });
    for (let block = 1; block <= 200; block++) add(tree, BigInt(block), blockOf(block, 2, [0]));
    const stored = sparseTreeFromBytes(sparseTreeBytes(tree), hash);
    expect(stored.oldestBlock).toBe(197n);
    expect(() => stored.rewind(196n)).toThrowError(/rebuild/);
    expect(stored.rewind(198n)).toBe(198n);
    expect(stored.count).toBe(396n);
    expect(stored.isMarked(394n)).toBe(true);
    expect(stored.isMarked(396n)).toBe(false);
  });

  it("D32: refuses damaged stores with an error of its own", () => {
    const tree = SparseNoteTree.from(0n, EMPTY_FRONTIER, { hash });
    expect(() => {
      tree.append(leaves(1));
      sparseTreeBytes(tree);
    }).toThrowError(/checkpoint/);
    tree.checkpoint(1n);
    add(tree, 2n, blockOf(1, 9, [0, 5]));
    const bytes = sparseTreeBytes(tree);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const damaged = cut ? bytes.slice(0, at) : bytes.slice();
        if (!cut) damaged[at] = damaged[at]! ^ change;
        try {
          sparseTreeFromBytes(damaged, hash);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^tree\//);
        }
      }),
      { numRuns: 300 },
    );
  });
});
