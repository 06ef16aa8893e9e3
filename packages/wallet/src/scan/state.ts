import { EMPTY_FRONTIER, SparseNoteTree, type BlockHash, type Frontier, type TreeHash } from "@sero/protocol";
import { openLedger, type Ledger } from "./ledger.js";
import type { BlockMark, ScanAccount } from "./types.js";

/** Newest blocks of which each has a checkpoint: how far a reorganisation may reach back without a scan from the birthday. */
export const DENSE_BLOCKS = 128n;

/** Where a wallet's scan begins: before block 0, or after its birthday block. */
export interface Origin {
  /** Undefined: before genesis. */
  readonly mark: BlockMark | undefined;
  readonly frontier: Frontier;
}

/** The beginning before block 0. */
export const GENESIS_ORIGIN: Origin = { mark: undefined, frontier: EMPTY_FRONTIER };

/** A wallet's view of the chain. The tree's checkpoints are those of `marks`, and one of the origin if it is still in reach. */
export interface ScanState {
  readonly genesisHash: BlockHash;
  readonly hrp: string;
  readonly ledger: Ledger;
  readonly treeHash: TreeHash;
  origin: Origin;
  tree: SparseNoteTree;
  /** Oldest first. */
  marks: BlockMark[];
  /** The newest block whose pool state was proved to be ours; undefined: none yet. */
  verified: bigint | undefined;
}

/** How many checkpoints a tree keeps. */
export const MAX_CHECKPOINTS = Number(DENSE_BLOCKS) + 32;

/** A tree counts in blocks applied, so that before block 0 there is a place to go back to: after block n it stands at n + 1. */
export const treeBlock = (mark: BlockMark | undefined): bigint => (mark === undefined ? 0n : mark.number + 1n);

/** A state in which nothing is scanned yet. */
export function newScanState(
  genesisHash: BlockHash,
  hrp: string,
  accounts: readonly ScanAccount[],
  origin: Origin,
  treeHash: TreeHash,
  maxCheckpoints = MAX_CHECKPOINTS,
): ScanState {
  return {
    genesisHash,
    hrp,
    ledger: openLedger(accounts),
    treeHash,
    origin,
    tree: freshTree(origin, treeHash, maxCheckpoints),
    marks: [],
    verified: undefined,
  };
}

/** The last scanned block; undefined before block 0. */
export const lastMark = (state: ScanState): BlockMark | undefined => state.marks.at(-1) ?? state.origin.mark;

/** Number of the last scanned block; -1 before block 0. */
export const scannedBlock = (state: ScanState): bigint => lastMark(state)?.number ?? -1n;

/** Goes back to the newest remembered block at or below `block`, or to the origin. Returns the number of the block it stands at. */
export function rewindState(state: ScanState, block: bigint): bigint {
  const kept = state.marks.filter((mark) => mark.number <= block);
  const target = kept.at(-1);
  if (target === undefined) return resetState(state, state.origin);
  state.tree.rewind(treeBlock(target));
  state.ledger.rewind(target.number);
  state.marks = kept;
  if (state.verified !== undefined && state.verified > target.number) state.verified = target.number;
  return target.number;
}

/** Back to the beginning, which may be a new one (its block was reorganised away). */
export function resetState(state: ScanState, origin: Origin): bigint {
  state.origin = origin;
  state.ledger.rewind(origin.mark?.number ?? -1n);
  // Drops leaves that wait for their checkpoint, without which the tree can't tell its settings.
  state.tree.rewind(state.tree.block);
  state.tree = freshTree(origin, state.treeHash, state.tree.state().maxCheckpoints);
  state.marks = [];
  state.verified = undefined;
  return scannedBlock(state);
}

const freshTree = (origin: Origin, hash: TreeHash, maxCheckpoints: number): SparseNoteTree =>
  SparseNoteTree.from(treeBlock(origin.mark), origin.frontier, { hash, maxCheckpoints });

/** Remembers the block just applied as one to go back to, and forgets those that the tree no longer reaches. */
export function checkpointState(state: ScanState, mark: BlockMark): void {
  state.tree.checkpoint(treeBlock(mark));
  state.marks.push(mark);
  const oldest = state.tree.oldestBlock;
  if (treeBlock(state.marks[0]) < oldest) state.marks = state.marks.filter((entry) => treeBlock(entry) >= oldest);
}
