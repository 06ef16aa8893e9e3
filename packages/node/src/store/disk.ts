import { statfsSync } from "node:fs";
import { SeroError } from "@sero/protocol";

/** Free bytes below which no block is written any more: room for the largest block, its layer and the pages it copies. */
export const MIN_FREE_BYTES = 64 * 1024 * 1024;

/** Bytes that the file system of `path` still gives to this user; undefined where the system does not say. */
export function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/**
 * Refuses to write into a disk that is nearly full, while there is still room to shut down cleanly.
 *
 * @throws SeroError `store/disk-full`
 */
export function requireSpace(path: string, free: (path: string) => number | undefined = freeBytes): void {
  const bytes = free(path);
  if (bytes !== undefined && bytes < MIN_FREE_BYTES) throw diskFull(path, bytes);
}

// EIO, EFBIG, ENOSPC, EDQUOT and MDB_MAP_FULL: how a write fails when there is no room. lmdb reports a short write as EIO.
const NO_ROOM = new Set([5, 27, 28, 122, -30792]);

/** Turns lmdb's failure to commit into an error that says what to do. Nothing of the failed transaction is on disk. */
export function writeError(path: string, error: unknown): SeroError {
  if (error instanceof SeroError) return error;
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  if (typeof code === "number" && NO_ROOM.has(code)) return diskFull(path, freeBytes(path), error);
  return new SeroError(
    "store/write-failed",
    "The block store could not be written. Nothing was changed; check the disk and restart the node.",
    { path, reason: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}

function diskFull(path: string, free: number | undefined, cause?: unknown): SeroError {
  return new SeroError(
    "store/disk-full",
    "The disk is full, so no block can be stored. Nothing was lost: free some space and start the node again.",
    { path, freeBytes: free ?? null },
    { cause },
  );
}
