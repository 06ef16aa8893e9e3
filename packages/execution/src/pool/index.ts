export * from "./append.js";
export * from "./view.js";
