export * from "./diversifier.js";
export * from "./address.js";
export * from "./text.js";
