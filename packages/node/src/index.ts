export { startNode, type NodeOptions, type RunningNode } from "./start.js";
export type { LightOptions } from "./servers.js";
export { silent, type Log, type LogLine } from "./log.js";
export { FINAL_DEPTH, SAFE_DEPTH, type Sealer, type SealerOptions } from "./sealer/index.js";
export { issueToken, type Engine, type PayloadAttributes, type PayloadStatus } from "./engine/index.js";
export {
  openChain,
  MIN_KEPT_BLOCKS,
  openExecutor,
  openPruner,
  storedBlock,
  treeRecordOf,
  type Chain,
  type ChainBlock,
  type HeadChange,
} from "./chain/index.js";
export { openStore, type Store } from "./store/index.js";
export {
  openMempool,
  openPoolRules,
  DEFAULT_POOL,
  type Mempool,
  type PoolRules,
  type PoolSettings,
} from "./mempool/index.js";
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
export {
  exportSnapshot,
  exportSnapshotOf,
  importSnapshot,
  inspectSnapshot,
  type SnapshotProgress,
  type SnapshotSummary,
} from "./snapshot/index.js";
export type { RpcContext } from "./rpc/context.js";
export { NODE_VERSION, clientVersion } from "./version.js";
export type { P2pOptions } from "./p2p/network.js";
export type { Ban, HostLimits, Peer, PeerHost, PeerId } from "./p2p/host/types.js";

/** As `makePeerKey` of p2p/host/peer-key.ts; libp2p is loaded only when it is called. */
export const makePeerKey = async (path: string): Promise<string> =>
  (await import("./p2p/host/peer-key.js")).makePeerKey(path);

/** As `peerIdOfFile` of p2p/host/peer-key.ts. */
export const peerIdOfFile = async (path: string): Promise<string> =>
  (await import("./p2p/host/peer-key.js")).peerIdOfFile(path);
