export * from "./babyjubjub.js";
export * from "./encoding.js";
