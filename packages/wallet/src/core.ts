/** What runs everywhere, browsers included. `index.ts` adds what Node has: files, native crypto, worker threads, the prover. */
export * from "./types.js";
export * from "./link/index.js";
export * from "./assets/index.js";
export * from "./select/index.js";
export * from "./disclose/index.js";
export { httpClient, safeUrl, type ClientOptions, type NodeClient } from "./rpc/index.js";
export type {
  AssetAnswer,
  ChainInfo,
  CompactFrame,
  MemoFrame,
  NodeHead,
  PoolProof,
  RequestOptions,
  SimulateReport,
  SimulateRequest,
  TreeState,
} from "./rpc/index.js";
export { verifyPoolProof, verifyTrieProof, readHeader } from "./proof/index.js";
export { inlineTrialEngine, tryBatch, TRIAL_ITEM_BYTES } from "./scan/index.js";
export type { MakeSharedSecret, OpenTrialEngine, TrialBatch, TrialEngine, TrialHit } from "./scan/index.js";
export type * from "./calls/types.js";
export type { PendingCall } from "./calls/pending.js";
export type { PreparedCall } from "./calls/prepare.js";
export type { SendCallOptions } from "./calls/send.js";
export { revertReason } from "./calls/reason.js";
export { unseenSentences } from "./calls/sweep.js";
export type * from "./pseudonyms/types.js";
export type * from "./packages/types.js";
export type { PackageOptions } from "./packages/move.js";
export type { RepackProving } from "./wallet/platform.js";
export type { Proving } from "./build/index.js";
export { memoryFiles } from "./store/memory.js";
export type { WalletFiles } from "./store/files.js";
export { DEFAULT_KDF, portableKdf, type Kdf, type KdfParameters } from "./store/kdf.js";
export type { Platform } from "./wallet/platform.js";
export { createWalletAt, openWalletAt, restoreWalletAt, type RestoreSource, type WalletPlace } from "./wallet/open.js";
export type { OutboxInfo, SyncOptions, Wallet } from "./wallet/wallet.js";
export type { PreparedPayment } from "./wallet/prepare.js";
export type { SendOptions } from "./wallet/send.js";
export { isOwnNode } from "./wallet/assets.js";
export type { AddressInfo } from "./wallet/show.js";
export type { WalletExport } from "./wallet/export.js";
export type { WalletChain } from "./wallet/secret.js";
export { portablePlatform } from "./platform/browser.js";
