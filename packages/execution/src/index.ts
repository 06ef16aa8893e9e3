export * from "./state/index.js";
export * from "./trie/index.js";
export * from "./block/index.js";
export * from "./evm/index.js";
