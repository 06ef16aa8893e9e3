import { equalBytes, type BlockHash } from "@sero/protocol";
import { readHeader } from "../proof/index.js";
import type { NodeClient } from "../rpc/index.js";
import type { ScanState } from "./state.js";
import type { BlockMark } from "./types.js";

/**
 * The newest remembered block that is on the node's chain: undefined if none of `marks` is. Asks for single blocks of the wallet's recent
 * past, at distances that double, which every wallet asks for alike.
 */
export async function findAncestor(
  client: NodeClient,
  state: ScanState,
  nodeHead: bigint,
  signal?: AbortSignal,
): Promise<BlockMark | undefined> {
  const { marks } = state;
  const isShared = async (mark: BlockMark): Promise<boolean> => {
    if (mark.number > nodeHead) return false;
    const hash = await hashAt(client, mark.number, signal);
    return hash !== undefined && equalBytes(hash, mark.hash);
  };
  // marks[low] is known to be shared (or low is -1), marks[high] known not to be.
  let high = marks.length;
  let low = -1;
  for (let step = 1; high > 0; step *= 2) {
    const candidate = Math.max(0, marks.length - step);
    const mark = marks[candidate];
    if (mark === undefined) break;
    if (await isShared(mark)) {
      low = candidate;
      break;
    }
    high = candidate;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const mark = marks[middle];
    if (mark !== undefined && (await isShared(mark))) low = middle;
    else high = middle;
  }
  return low < 0 ? undefined : marks[low];
}

/** Hash of the node's block of this number; undefined if it has none. */
export async function hashAt(client: NodeClient, number: bigint, signal?: AbortSignal): Promise<BlockHash | undefined> {
  for await (const frame of client.compactBlocks(number, number, { signal })) return readHeader(frame.header).hash;
  return undefined;
}
