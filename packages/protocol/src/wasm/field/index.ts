export * from "./shape.js";
export * from "./lanes.js";
export * from "./montgomery.js";
export type { Series } from "./columns.js";
export { createField } from "./field.js";
export { createPairing } from "./pairing.js";
export { borrowOf } from "./limbs.js";
export type { FieldFunctions, WasmField } from "./field.js";
