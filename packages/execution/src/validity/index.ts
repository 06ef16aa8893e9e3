export * from "./against-state.js";
export * from "./checked.js";
export * from "./money.js";
export * from "./points.js";
export * from "./pseudonym.js";
