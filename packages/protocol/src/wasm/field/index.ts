export * from "./shape.js";
export * from "./lanes.js";
export * from "./montgomery.js";
export type { Series } from "./columns.js";
export { createField, createPairing } from "./field.js";
export type { FieldFunctions, WasmField } from "./field.js";
