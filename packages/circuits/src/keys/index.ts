export * from "./constants.js";
export * from "./development.js";
export * from "./lagrange.js";
export * from "./queries.js";
export * from "./zkey.js";
