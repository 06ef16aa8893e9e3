export { FINAL_DEPTH, SAFE_DEPTH, startSealer, type Sealer, type SealerOptions } from "./sealer.js";
