import {
  decodeCompactBlock,
  equalBytes,
  leavesOf,
  streamDigest,
  type BlockHash,
  type Commitment,
  type CompactBlock,
} from "@sero/protocol";
import { readHeader } from "../proof/index.js";
import { lying, type CompactFrame } from "../rpc/index.js";
import type { BlockMark } from "./types.js";

/** A block whose place in the chain of headers and of leaves is checked. Its contents are checked by the digest, against the state, at the head. */
export interface CheckedBlock {
  readonly mark: BlockMark;
  readonly compact: CompactBlock;
  /** What it appends to the note tree. */
  readonly leaves: readonly Commitment[];
  /** Bytes received. */
  readonly bytes: number;
}

/** What comes before block 0: no leaves, digest of zeros. */
export const BEFORE_GENESIS = { leafCount: 0n, streamDigest: new Uint8Array(32) };

/**
 * Checks the frame of the block after `previous` (undefined: of block 0, whose hash must be `genesisHash`): number, parent hash, first leaf.
 * Throws rpc/lying.
 */
export function checkFrame(
  previous: BlockMark | undefined,
  frame: CompactFrame,
  genesisHash: BlockHash,
  url: string,
): CheckedBlock {
  const header = readHeader(frame.header);
  const number = previous === undefined ? 0n : previous.number + 1n;
  const values = { block: number.toString() };
  if (header.number !== number) throw lying(url, "a block is missing or out of order", values);
  const isLinked =
    previous === undefined ? equalBytes(header.hash, genesisHash) : equalBytes(header.parentHash, previous.hash);
  if (!isLinked) throw lying(url, "a block does not follow the one before it", values);
  const compact = decode(frame.compact, url, values);
  const before = previous ?? BEFORE_GENESIS;
  if (compact.number !== number || compact.firstLeaf !== before.leafCount)
    throw lying(url, "a block's notes are missing or out of order", values);
  const leaves = leavesOf(compact);
  return {
    mark: {
      number,
      hash: header.hash,
      timestamp: header.timestamp,
      leafCount: before.leafCount + BigInt(leaves.length),
      streamDigest: streamDigest(before.streamDigest, frame.compact),
    },
    compact,
    leaves,
    bytes: frame.header.length + frame.compact.length,
  };
}

function decode(bytes: Uint8Array, url: string, values: { readonly block: string }): CompactBlock {
  try {
    return decodeCompactBlock(bytes);
  } catch {
    throw lying(url, "a compact block cannot be read", values);
  }
}
