export { readHeader, type HeaderFacts } from "./header.js";
export { verifyPoolProof, type ProvedPool } from "./pool.js";
export { verifyTrieProof } from "./trie.js";
