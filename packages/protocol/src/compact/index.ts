export * from "./types.js";
export { MAX_COMPACT_BLOCK_BYTES, checkCompactBlock } from "./check.js";
export { COMPLETED_LEAF, encodeCompactBlock } from "./encode.js";
export { decodeCompactBlock } from "./decode.js";
export {
  EMPTY_STREAM_DIGEST,
  compactTransactionOf,
  leavesOf,
  memoDigest,
  streamDigest,
  transactionLeaves,
} from "./stream.js";
