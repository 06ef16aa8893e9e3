export * from "./types.js";
export * from "./build/index.js";
export * from "./keys/index.js";
export * from "./r1cs/index.js";
export * from "./spend/index.js";
export * from "./witness/index.js";
export * from "./verify/index.js";
export * from "./prove/index.js";
