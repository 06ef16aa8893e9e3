export * from "./commitment.js";
export * from "./layout.js";
export * from "./seed.js";
export * from "./shared-secret.js";
export * from "./view-tag.js";
export * from "./seal.js";
export * from "./open.js";
export * from "./slot.js";
