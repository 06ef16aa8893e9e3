export * from "./common.js";
export * from "./open.js";
export * from "./simulate.js";
export * from "./state-manager.js";
