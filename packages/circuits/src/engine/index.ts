export { openWasmEngine, type QuotientEngine } from "./engine.js";
export { type CurveModule, generateCurveModule } from "./group.js";
