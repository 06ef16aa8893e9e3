export * from "./digits.js";
export * from "./pippenger.js";
