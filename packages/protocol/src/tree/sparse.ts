import { SeroError } from "../errors.js";
import type { Anchor, Commitment, Field } from "../types.js";
import { EMPTY_FRONTIER, appendLeaves, checkLeaves, frontierRoot, partialNodes, type Frontier } from "./frontier.js";
import { TREE_ARITY, TREE_DEPTH, emptyRoots, expectLeafIndex, poseidonTreeHash, type TreeHash } from "./hash.js";
import { pathPosition, type MerklePath, type Siblings } from "./path.js";

/** The tree as it was after a block. */
export interface Checkpoint {
  readonly block: bigint;
  readonly frontier: Frontier;
}

/** Everything a `SparseNoteTree` consists of, for `sparseTreeBytes`. */
export interface SparseTreeState {
  readonly maxCheckpoints: number;
  /** Marked leaves, increasing. */
  readonly marks: readonly number[];
  /** Kept nodes by key. */
  readonly nodes: ReadonlyMap<number, Field>;
  /** Oldest first, at least one. */
  readonly checkpoints: readonly Checkpoint[];
}

/** Level and index of a node in one safe integer: an index is at most 2^32. */
const LEVEL_STEP = 2 ** 33;
const keyOf = (level: number, index: number): number => level * LEVEL_STEP + index;

/** Checkpoints kept unless told otherwise: as far back as an anchor may lie. */
const DEFAULT_CHECKPOINTS = 1024;

/**
 * A wallet's view of the note tree: it takes every leaf, keeps the frontier after each of the last blocks, and of the rest only the
 * siblings on the paths of marked leaves: its own notes. Foreign leaves leave nothing behind.
 *
 * A leaf can be marked until the checkpoint of the block it came in; afterwards its siblings may be gone. Complete nodes never
 * change, so one set of kept nodes serves the paths of every checkpoint; a rewind drops the nodes that were completed later.
 */
export class SparseNoteTree {
  readonly #hash: TreeHash;
  readonly #maxCheckpoints: number;
  readonly #marks: Set<number>;
  readonly #nodes: Map<number, Field>;
  /** Keys of all proper ancestors of marked leaves: a node is kept if its parent is among them. */
  readonly #ancestors = new Set<number>();
  #checkpoints: Checkpoint[];
  #pending: Commitment[] = [];
  #newMarks: number[] = [];

  /** A tree in the given state; use `SparseNoteTree.from` for a new one. */
  constructor(state: SparseTreeState, hash: TreeHash = poseidonTreeHash) {
    this.#hash = hash;
    this.#maxCheckpoints = state.maxCheckpoints;
    this.#marks = new Set(state.marks);
    this.#nodes = new Map(state.nodes);
    this.#checkpoints = [...state.checkpoints];
    for (const mark of this.#marks) this.#addAncestors(mark);
  }

  /**
   * A tree that goes on from `frontier`, the one after block `block`. It keeps the last `maxCheckpoints` checkpoints, that is how
   * far `rewind` and `pathAt` reach back.
   */
  static from(
    block: bigint,
    frontier: Frontier = EMPTY_FRONTIER,
    options: { readonly hash?: TreeHash; readonly maxCheckpoints?: number } = {},
  ): SparseNoteTree {
    const maxCheckpoints = options.maxCheckpoints ?? DEFAULT_CHECKPOINTS;
    if (!Number.isInteger(maxCheckpoints) || maxCheckpoints < 1)
      throw new SeroError("tree/checkpoints", "A tree keeps at least one checkpoint.", { maxCheckpoints });
    const state = { maxCheckpoints, marks: [], nodes: new Map(), checkpoints: [{ block, frontier }] };
    return new SparseNoteTree(state, options.hash);
  }

  /** Number of leaves, those after the last checkpoint included. */
  get count(): bigint {
    return this.#last.frontier.count + BigInt(this.#pending.length);
  }

  /** Block of the last checkpoint. */
  get block(): bigint {
    return this.#last.block;
  }

  /** Block of the oldest checkpoint that can be rewound to. */
  get oldestBlock(): bigint {
    return this.#checkpoints[0]!.block;
  }

  /** How many nodes are kept for paths: what the tree costs besides its checkpoints. */
  get keptNodes(): number {
    return this.#nodes.size;
  }

  /** Adds leaves of the block to come; nothing is hashed before its checkpoint. Throws `tree/full` or `tree/leaf`. */
  append(leaves: readonly Commitment[]): void {
    checkLeaves(this.count, leaves);
    for (const leaf of leaves) this.#pending.push(leaf);
  }

  /** Marks a leaf appended since the last checkpoint, so that its path can be asked for. Throws `tree/mark` for any other. */
  mark(leafIndex: bigint): void {
    const { count } = this.#last.frontier;
    if (leafIndex < count || leafIndex >= this.count)
      throw new SeroError(
        "tree/mark",
        "A leaf can be marked between its append and the next checkpoint; rescan from before it.",
        {
          index: String(leafIndex),
          from: String(count),
          to: String(this.count),
        },
      );
    this.#newMarks.push(Number(leafIndex));
  }

  /**
   * Forgets marked leaves: notes whose spending is final. Their nodes are dropped unless another path needs them. A rewind does not
   * bring the marks back.
   */
  unmark(leafIndexes: Iterable<bigint>): void {
    for (const index of leafIndexes) this.#marks.delete(Number(index));
    this.#ancestors.clear();
    for (const mark of this.#marks) this.#addAncestors(mark);
    for (const key of this.#nodes.keys()) if (!this.#isNeeded(key)) this.#nodes.delete(key);
  }

  /** Whether `pathAt` knows this leaf. */
  isMarked(leafIndex: bigint): boolean {
    return this.#marks.has(Number(leafIndex));
  }

  /**
   * Hashes the leaves appended since the last checkpoint, once, level by level, and remembers the tree as the one after `block`.
   * Throws `tree/checkpoint` unless `block` is above the last checkpoint's.
   */
  checkpoint(block: bigint): void {
    if (block <= this.block)
      throw new SeroError("tree/checkpoint", "Checkpoints must be of increasing blocks; rewind first.", {
        block: String(block),
        last: String(this.block),
      });
    const before = this.#last.frontier;
    for (const mark of this.#newMarks) {
      this.#marks.add(mark);
      this.#addAncestors(mark);
      this.#keepFrontier(before, mark);
    }
    const frontier = appendLeaves(before, this.#pending, this.#hash, (level, first, nodes) => {
      if (this.#marks.size > 0) this.#keep(level, Number(first), nodes);
    });
    this.#pending = [];
    this.#newMarks = [];
    this.#checkpoints.push({ block, frontier });
    // A few over the limit are let be, so that the list isn't moved at every block.
    if (this.#checkpoints.length > this.#maxCheckpoints + 64)
      this.#checkpoints = this.#checkpoints.slice(-this.#maxCheckpoints);
  }

  /**
   * Goes back to the newest checkpoint at or below `block` and returns its block. Later leaves and marks are gone. Throws
   * `tree/rewind` if that is further back than checkpoints are kept: then the wallet must rebuild.
   */
  rewind(block: bigint): bigint {
    const kept = this.#checkpoints.filter((checkpoint) => checkpoint.block <= block);
    if (kept.length === 0)
      throw new SeroError("tree/rewind", "The tree can't go back that far; rebuild it from an earlier block.", {
        block: String(block),
        oldest: String(this.oldestBlock),
      });
    this.#checkpoints = kept;
    this.#pending = [];
    this.#newMarks = [];
    const count = Number(this.#last.frontier.count);
    for (const mark of this.#marks) if (mark >= count) this.#marks.delete(mark);
    this.#ancestors.clear();
    for (const mark of this.#marks) this.#addAncestors(mark);
    for (const key of this.#nodes.keys()) {
      const level = Math.floor(key / LEVEL_STEP);
      const index = key % LEVEL_STEP;
      if (!this.#isNeeded(key) || (index + 1) * TREE_ARITY ** level > count) this.#nodes.delete(key);
    }
    return this.block;
  }

  /** The root after `block`. Throws `tree/unknown-block` unless a checkpoint of it is kept. */
  rootAt(block: bigint): Anchor {
    return frontierRoot(this.frontierAt(block), this.#hash);
  }

  /** The frontier after `block`. Throws `tree/unknown-block` unless a checkpoint of it is kept. */
  frontierAt(block: bigint): Frontier {
    let low = 0;
    let high = this.#checkpoints.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const checkpoint = this.#checkpoints[middle]!;
      if (checkpoint.block === block) return checkpoint.frontier;
      if (checkpoint.block < block) low = middle + 1;
      else high = middle - 1;
    }
    throw new SeroError("tree/unknown-block", "The tree has no checkpoint of this block.", { block: String(block) });
  }

  /**
   * The path of a marked leaf in the tree as it was after `block`. Throws `tree/index`, `tree/unknown-block`, `tree/not-marked`,
   * or `tree/not-yet` if the leaf came later.
   */
  pathAt(leafIndex: bigint, block: bigint): MerklePath {
    const frontier = this.frontierAt(block);
    if (!this.#marks.has(Number(expectLeafIndex(leafIndex))))
      throw new SeroError("tree/not-marked", "The path of this leaf was not kept; rescan from before it.", {
        index: String(leafIndex),
      });
    if (leafIndex >= frontier.count)
      throw new SeroError("tree/not-yet", "This leaf came after that block; use a newer anchor.", {
        index: String(leafIndex),
        block: String(block),
      });
    const partial = partialNodes(frontier, this.#hash);
    const siblings = Array.from({ length: TREE_DEPTH }, (_, level) => {
      const first = Number(leafIndex >> BigInt(2 * level + 2)) * TREE_ARITY;
      const row: Field[] = [];
      for (let i = 0; i < TREE_ARITY; i++)
        if (i !== pathPosition(leafIndex, level)) row.push(this.#nodeAt(frontier, partial, level, first + i));
      return row as unknown as Siblings;
    });
    return { leafIndex, siblings };
  }

  /** Everything the tree consists of. Throws `tree/pending` while leaves wait for their checkpoint. */
  state(): SparseTreeState {
    if (this.#pending.length > 0)
      throw new SeroError("tree/pending", "Make a checkpoint of the appended leaves before saving the tree.");
    return {
      maxCheckpoints: this.#maxCheckpoints,
      marks: [...this.#marks].sort((a, b) => a - b),
      nodes: this.#nodes,
      checkpoints: this.#checkpoints.slice(-this.#maxCheckpoints),
    };
  }

  get #last(): Checkpoint {
    return this.#checkpoints[this.#checkpoints.length - 1]!;
  }

  #addAncestors(mark: number): void {
    let index = mark;
    for (let level = 1; level <= TREE_DEPTH; level++) {
      index = Math.floor(index / TREE_ARITY);
      const key = keyOf(level, index);
      // Whoever put it there put its ancestors there too.
      if (this.#ancestors.has(key)) return;
      this.#ancestors.add(key);
    }
  }

  #isNeeded(key: number): boolean {
    const level = Math.floor(key / LEVEL_STEP);
    return this.#ancestors.has(keyOf(level + 1, Math.floor((key % LEVEL_STEP) / TREE_ARITY)));
  }

  /** Keeps the nodes of the frontier that are siblings on the path of a newly marked leaf. */
  #keepFrontier(frontier: Frontier, mark: number): void {
    const count = Number(frontier.count);
    for (let level = 0; level < TREE_DEPTH; level++) {
      const size = TREE_ARITY ** level;
      const nodes = frontier.filled[level]!;
      const first = Math.floor(count / size) - nodes.length;
      if (Math.floor(first / TREE_ARITY) === Math.floor(mark / size / TREE_ARITY))
        nodes.forEach((node, i) => this.#nodes.set(keyOf(level, first + i), node));
    }
  }

  /** Keeps those of the nodes first, first + 1, ... of a level whose parent is on a marked leaf's path. */
  #keep(level: number, first: number, nodes: readonly Field[]): void {
    const end = first + nodes.length;
    for (let parent = Math.floor(first / TREE_ARITY); parent * TREE_ARITY < end; parent++) {
      if (!this.#ancestors.has(keyOf(level + 1, parent))) continue;
      const from = Math.max(parent * TREE_ARITY, first);
      const to = Math.min(parent * TREE_ARITY + TREE_ARITY, end);
      for (let i = from; i < to; i++) this.#nodes.set(keyOf(level, i), nodes[i - first]!);
    }
  }

  #nodeAt(frontier: Frontier, partial: readonly (Field | undefined)[], level: number, index: number): Field {
    const size = TREE_ARITY ** level;
    const count = Number(frontier.count);
    if (index * size >= count) return emptyRoots(this.#hash)[level]!;
    const node = (index + 1) * size <= count ? this.#nodes.get(keyOf(level, index)) : partial[level];
    if (node === undefined)
      throw new SeroError("tree/damaged", "The stored tree lacks a node of its own path; rebuild it.", {
        level,
        index,
      });
    return node;
  }
}
