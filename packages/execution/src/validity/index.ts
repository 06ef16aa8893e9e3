export * from "./against-state.js";
export * from "./checked.js";
export * from "./points.js";
