export * from "./artifact.js";
export * from "./arguments.js";
export * from "./method.js";
export * from "./reason.js";
export * from "./creation.js";
