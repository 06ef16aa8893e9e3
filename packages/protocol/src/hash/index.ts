export * from "./domains.js";
export * from "./poseidon.js";
export * from "./keccak.js";
