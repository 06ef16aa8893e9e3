export * from "./ancestors.js";
export * from "./build.js";
export * from "./header-rules.js";
export * from "./import.js";
export * from "./rules.js";
export * from "./run.js";
