import {
  appendLeaves,
  currentRootSlot,
  encodeCompactBlock,
  frontierRoot,
  frontierWrites,
  knownRootSlot,
  leafCountSlot,
  leavesOf,
  POOL_ADDRESS,
  ROOT_RING_SIZE,
  rootRingSlot,
  streamDigest,
  streamDigestSlot,
  type CompactBlock,
  type TreeHash,
} from "@sero/protocol";
import { wordOf, wordToBigInt, ZERO_WORD, type Journal } from "../state/index.js";
import { poolView } from "./view.js";

/**
 * The Pool's work at the end of a block: appends the block's leaves, hashing the tree once, stores root, ring and known roots, and
 * chains the stream digest. The genesis block is made by the same function.
 *
 * @returns the canonical bytes of the compact block
 */
export function endPoolBlock(
  journal: Journal,
  block: Omit<CompactBlock, "firstLeaf">,
  hash: TreeHash,
): { readonly compact: Uint8Array; readonly root: bigint } {
  const set = (slot: Uint8Array, value: Uint8Array): void => journal.setStorage(POOL_ADDRESS, slot, value);
  const view = poolView(journal);
  const before = view.frontier();
  const compactBlock: CompactBlock = { ...block, firstLeaf: before.count };
  const leaves = leavesOf(compactBlock);
  const after = appendLeaves(before, leaves, hash);
  // Without leaves nothing changes; only genesis has no root yet.
  const root = leaves.length > 0 || block.number === 0n ? frontierRoot(after, hash) : view.currentRoot();
  for (const { slot, value } of frontierWrites(before, after)) set(slot, value);
  set(leafCountSlot(), wordOf(after.count));
  set(currentRootSlot(), wordOf(root));
  rememberRoot(journal, block.number, root);
  const compact = encodeCompactBlock(compactBlock);
  set(streamDigestSlot(), streamDigest(view.streamDigest(), compact));
  return { compact, root };
}

/** Puts a block's root into the ring and forgets the one that it pushes out, unless a later block ended with that root too. */
function rememberRoot(journal: Journal, number: bigint, root: bigint): void {
  const read = (slot: Uint8Array): bigint => wordToBigInt(journal.storage(POOL_ADDRESS, slot));
  const ring = rootRingSlot(number);
  if (number >= ROOT_RING_SIZE) {
    const known = knownRootSlot(read(ring));
    if (read(known) === number - ROOT_RING_SIZE + 1n) journal.setStorage(POOL_ADDRESS, known, ZERO_WORD);
  }
  journal.setStorage(POOL_ADDRESS, ring, wordOf(root));
  journal.setStorage(POOL_ADDRESS, knownRootSlot(root), wordOf(number + 1n));
}
