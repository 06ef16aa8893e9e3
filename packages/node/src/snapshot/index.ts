export {
  exportSnapshot,
  exportSnapshotOf,
  type ExportOptions,
  type SnapshotProgress,
  type SnapshotSummary,
} from "./export.js";
export { importSnapshot, inspectSnapshot, type ImportSnapshotOptions } from "./import.js";
export type { SnapshotManifest } from "./format.js";
