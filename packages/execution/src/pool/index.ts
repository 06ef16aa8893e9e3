export * from "./append.js";
export * from "./check.js";
export * from "./totals.js";
export * from "./view.js";
