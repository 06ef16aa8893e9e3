export * from "./bundles.js";
export * from "./development.js";
export * from "./encoding.js";
export * from "./forgery.js";
export { openVerifier } from "./groth16.js";
export * from "./key.js";
export * from "./pool.js";
