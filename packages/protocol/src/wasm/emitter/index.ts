export * from "./code.js";
export * from "./instructions.js";
export * from "./module.js";
