export * from "./poseidon/index.js";
export * from "./jubjub/index.js";
export * from "./secp256k1/index.js";
export * from "./blake2f/index.js";
export * from "./modexp/index.js";
export { runModule } from "./run.js";
export type { Running } from "./run.js";
