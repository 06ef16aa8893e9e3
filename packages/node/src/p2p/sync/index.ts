export { openSync, type Sync, type SyncEngine, type SyncOptions, type SyncTiming } from "./sync.js";
export type { SyncProgress } from "./progress.js";
