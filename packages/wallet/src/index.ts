/**
 * The SERO wallet for Node: wallets in directories, scanned and proved in worker threads. Browsers import "@sero/wallet/core" and bring
 * their own files and prover.
 */
export * from "./core.js";
export { directoryFiles } from "./platform/node/files.js";
export { nativeKdf } from "./platform/node/kdf.js";
export { nodePlatform, type NodePlatformOptions } from "./platform/node/platform.js";
export { nodeProving, nodeRepackProving } from "./platform/node/proving.js";
export { workerTrialEngine } from "./platform/node/trial-pool.js";
export { nativeSharedSecret } from "./platform/node/x25519.js";
export { createWallet, openWallet, restoreWallet, walletExists, type NodeWalletOptions } from "./node.js";
