export * from "./labels.js";
export * from "./hkdf.js";
export * from "./phrase.js";
export * from "./account.js";
export * from "./slots.js";
export * from "./pseudonym.js";
export * from "./view-key.js";
