export * from "./account.js";
export * from "./codec.js";
export * from "./journal.js";
export * from "./memory.js";
export * from "./proof.js";
export * from "./types.js";
export * from "./views.js";
