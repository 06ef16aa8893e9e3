export { cancelled, httpClient, type ClientOptions } from "./client.js";
export { lying, safeUrl } from "./errors.js";
export type {
  ChainInfo,
  CompactFrame,
  MemoFrame,
  NodeClient,
  NodeHead,
  PoolProof,
  RequestOptions,
  TreeState,
} from "./types.js";
