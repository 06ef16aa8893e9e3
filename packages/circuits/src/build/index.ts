export * from "./cache.js";
export * from "./compile.js";
export * from "./paths.js";
export * from "./pins.js";
export * from "./sources.js";
