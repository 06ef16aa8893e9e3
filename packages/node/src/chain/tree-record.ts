import type { StateBackend } from "@sero/execution";
import {
  bytesToBigInt,
  currentRootSlot,
  frontierBytes,
  frontierFromSlots,
  leafCountSlot,
  POOL_ADDRESS,
  streamDigestSlot,
} from "@sero/protocol";
import type { TreeRecord } from "../store/index.js";

/**
 * What the Pool's storage says of the note tree after a block. Kept a block, because the state itself is kept only from the finalized
 * block on, and wallets with a birthday ask for the tree at old ones.
 */
export function treeRecordOf(
  state: StateBackend,
  parent: { readonly hash: Uint8Array; readonly tree: TreeRecord } | undefined,
): TreeRecord {
  const read = (slot: Uint8Array): Uint8Array => state.storage(POOL_ADDRESS, slot);
  const count = bytesToBigInt(read(leafCountSlot()));
  const isUnchanged = parent !== undefined && parent.tree.count === count;
  return {
    count,
    root: read(currentRootSlot()),
    streamDigest: read(streamDigestSlot()),
    frontier: !isUnchanged
      ? { kind: "bytes", bytes: frontierBytes(frontierFromSlots(count, read)) }
      : parent.tree.frontier.kind === "at"
        ? parent.tree.frontier
        : { kind: "at", hash: parent.hash },
  };
}
