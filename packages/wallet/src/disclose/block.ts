import { SeroError, equalBytes } from "@sero/protocol";
import { readHeader, verifyPoolProof } from "../proof/index.js";
import { lying, type CompactFrame, type NodeClient } from "../rpc/index.js";
import { checkFrame, type BlockMark, type CheckedBlock } from "../scan/index.js";

/**
 * Block `number`, proved to be on the node's chain with these contents: every block from there to the head is linked by parent hashes, and
 * the stream digest over their compact blocks is the one in the head's state. Costs a download of the blocks since; asks for nothing
 * that names a transaction. Throws rpc/lying, disclosure/no-block.
 */
export async function provedBlock(
  client: NodeClient,
  number: bigint,
  genesisHash: CheckedBlock["mark"]["hash"],
): Promise<CheckedBlock> {
  const head = await client.head();
  if (number > head.number)
    throw new SeroError("disclosure/no-block", "The disclosure names a block that the node does not have yet.", {
      block: number.toString(),
      head: head.number.toString(),
    });
  let last: BlockMark | undefined = await markBefore(client, number);
  let wanted: CheckedBlock | undefined;
  for await (const frame of client.compactBlocks(number, head.number)) {
    const block: CheckedBlock = checkFrame(last, frame, genesisHash, client.url);
    last = block.mark;
    wanted ??= block;
    if (last.number === head.number) break;
  }
  if (last === undefined || wanted === undefined || !equalBytes(last.hash, head.hash))
    throw new SeroError("rpc/unsettled", "The chain changed while it was read. Try again in a moment.", {
      url: client.url,
    });
  const proved = verifyPoolProof(await client.poolProof(head.hash), head.hash);
  if (!equalBytes(proved.streamDigest, last.streamDigest) || proved.leafCount !== last.leafCount)
    throw lying(client.url, "notes were forged, left out or reordered");
  return wanted;
}

/** The state before a block, as the node tells it; false values show in the head's digest. */
async function markBefore(client: NodeClient, number: bigint): Promise<BlockMark | undefined> {
  if (number === 0n) return undefined;
  const tree = await client.treeState(number - 1n);
  let frame: CompactFrame | undefined;
  for await (const first of client.compactBlocks(number - 1n, number - 1n)) frame = first;
  if (frame === undefined) throw lying(client.url, "a block is missing");
  const header = readHeader(frame.header);
  return {
    number: number - 1n,
    hash: header.hash,
    timestamp: header.timestamp,
    leafCount: tree.leafCount,
    streamDigest: tree.streamDigest,
  };
}
