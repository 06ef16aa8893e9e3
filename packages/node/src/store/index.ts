export { copyStore } from "./copy.js";
export { lockDirectory, type DirectoryLock } from "./lock.js";
export { freeBytes, MIN_FREE_BYTES } from "./disk.js";
export {
  openStore,
  type CanonicalEntry,
  type ForkchoiceWrite,
  type Layer,
  type Pointers,
  type Store,
  type StoredBlock,
  type TransactionPlace,
} from "./store.js";
export type { StoredBody } from "./body.js";
export type { PoolEvent } from "./events.js";
export type { TreeRecord } from "./tree-record.js";
