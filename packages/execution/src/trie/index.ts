export * from "./nibbles.js";
export * from "./node.js";
export * from "./read.js";
export * from "./update.js";
