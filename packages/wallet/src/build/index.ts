export {
  arrangeBundles,
  draftedPackages,
  draftTransaction,
  memoChunkCount,
  type ArrangedBundle,
  type DraftCall,
  type DraftedPackage,
  type DraftPackage,
  type DraftRequest,
} from "./draft.js";
export { feeFunction, paymentBytes, paymentGas, shapeBytes, shapeGas, type Shape } from "./fee.js";
export { proveDraft, type ProveProgress } from "./prove.js";
export { reportOf } from "./report.js";
export { randomBelow, repeatableSource, shuffled, type RandomSource } from "./shuffle.js";
export type { AnchorView, BuiltTransaction, Draft, Proving, Recipient } from "./types.js";
