export * from "./parse.js";
export * from "./check.js";
