/** What generated modules of other packages are built from: the emitter, field arithmetic and a runner. */
export * from "./emitter/index.js";
export * from "./field/index.js";
export * from "./msm/index.js";
export * from "./run.js";
