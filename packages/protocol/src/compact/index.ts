export * from "./types.js";
export { MAX_COMPACT_BLOCK_BYTES, checkCompactBlock } from "./check.js";
export { ENTRY_KINDS, encodeCompactBlock } from "./encode.js";
export { decodeCompactBlock } from "./decode.js";
export {
  EMPTY_STREAM_DIGEST,
  coinOut,
  compactTransactionOf,
  entryLeaf,
  leavesOf,
  memoDigest,
  streamDigest,
  transactionLeaves,
} from "./stream.js";
