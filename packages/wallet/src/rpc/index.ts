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
export type {
  CallReceiptAnswer,
  EventLog,
  NodeFailure,
  SimulateReport,
  SimulateRequest,
  SimulatedAsset,
  SimulatedReturn,
} from "./call-types.js";
