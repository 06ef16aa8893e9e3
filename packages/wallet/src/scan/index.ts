export { applyBlock, changeOpenersOf } from "./apply.js";
export { findAncestor, hashAt } from "./ancestor.js";
export { checkFrame, type CheckedBlock } from "./check.js";
export { NO_HITS, type BlockHits } from "./hits.js";
export {
  SLOT_GAP,
  noteKeyOf,
  openLedger,
  packageKeyOf,
  sentKeyOf,
  type Ledger,
  type LedgerData,
  type OwnCall,
} from "./ledger.js";
export {
  GENESIS_ORIGIN,
  lastMark,
  newScanState,
  scannedBlock,
  treeBlock,
  type Origin,
  type ScanState,
} from "./state.js";
export { originAt, syncState, type SyncContext } from "./sync.js";
export { TRIAL_ITEM_BYTES, inlineTrialEngine, tryBatch } from "./trial.js";
export type {
  BlockMark,
  MakeSharedSecret,
  OpenTrialEngine,
  ScanAccount,
  TrialBatch,
  TrialEngine,
  TrialHit,
} from "./types.js";
