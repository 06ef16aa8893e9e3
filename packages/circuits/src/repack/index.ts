export * from "./artifacts.js";
export * from "./signals.js";
export * from "./development-key.js";
