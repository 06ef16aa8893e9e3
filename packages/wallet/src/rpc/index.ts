export { cancelled, httpClient, type ClientOptions } from "./client.js";
export { lying, safeUrl } from "./errors.js";
export { byRanges, type RangeAnswer } from "./ranges.js";
export type {
  AssetAnswer,
  ChainInfo,
  CompactFrame,
  MemoFrame,
  NodeClient,
  NodeHead,
  PoolProof,
  ReadCall,
  RequestOptions,
  TreeState,
} from "./types.js";
export type {
  CallReceiptAnswer,
  EventLog,
  NodeFailure,
  PackageEvent,
  SimulateReport,
  SimulateRequest,
  SimulatedAsset,
  SimulatedReturn,
} from "./call-types.js";
