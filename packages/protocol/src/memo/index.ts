export * from "./memo.js";
export * from "./sanitize.js";
