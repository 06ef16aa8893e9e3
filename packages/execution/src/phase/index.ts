export * from "./holdings.js";
export * from "./packages.js";
export * from "./pool-logs.js";
export * from "./run.js";
export * from "./simulate.js";
export * from "./transfers.js";
export * from "./types.js";
