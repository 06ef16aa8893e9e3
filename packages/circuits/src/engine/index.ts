export { openWasmEngine } from "./engine.js";
export { type CurveModule, generateCurveModule } from "./group.js";
