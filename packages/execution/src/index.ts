export * from "./state/index.js";
export * from "./trie/index.js";
