export * from "./block/index.js";
export * from "./evm/index.js";
export * from "./genesis.js";
export * from "./pool/index.js";
export * from "./state/index.js";
export * from "./transition/index.js";
export * from "./trie/index.js";
export * from "./validity/index.js";
