export { startNode, type NodeOptions, type RunningNode } from "./start.js";
export type { LightOptions } from "./servers.js";
export { silent, type Log, type LogLine } from "./log.js";
export { FINAL_DEPTH, SAFE_DEPTH, type Sealer, type SealerOptions } from "./sealer/index.js";
export { issueToken, type Engine, type PayloadAttributes, type PayloadStatus } from "./engine/index.js";
export {
  openChain,
  openExecutor,
  storedBlock,
  treeRecordOf,
  type Chain,
  type ChainBlock,
  type HeadChange,
} from "./chain/index.js";
export { openStore, type Store } from "./store/index.js";
export { openMempool, DEFAULT_POOL, type Mempool, type PoolRules, type PoolSettings } from "./mempool/index.js";
export {
  DEFAULT_DANDELION,
  openDandelion,
  openTimers,
  type Dandelion,
  type DandelionAction,
  type DandelionEvent,
  type DandelionSettings,
  type Timers,
} from "./p2p/relay/index.js";
export type { RpcContext } from "./rpc/context.js";
export { NODE_VERSION, clientVersion } from "./version.js";
