export * from "./bundles.js";
export * from "./development.js";
export * from "./encoding.js";
export * from "./forgery.js";
export { openVerifier } from "./groth16.js";
export { checkVerifyingKey, verifyingKeyHash, type KeyExpectations } from "./key.js";
export { openKeyedVerifier, type KeyedVerifier } from "./keyed.js";
export * from "./pool.js";
