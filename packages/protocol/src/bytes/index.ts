export * from "./bytes.js";
export * from "./integers.js";
export * from "./random.js";
