export * from "./body.js";
export * from "./header.js";
export * from "./receipt.js";
export * from "./roots.js";
