export * from "./poseidon/index.js";
