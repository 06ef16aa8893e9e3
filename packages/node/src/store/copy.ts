import { statSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { SeroError } from "@sero/protocol";
import { freeBytes, MIN_FREE_BYTES } from "./disk.js";
import { checkStoreFile } from "./file-check.js";

const STORE = "chain.lmdb";
const LOOK_MS = 500;

/**
 * Copies a store as it is at one moment, also while a node writes to it: lmdb copies what one read transaction sees (mdb_env_copy). Ends only
 * when the copy is complete.
 *
 * @param from a data directory with a store
 * @param to an existing directory without one
 * @param onProgress fraction from 0 to 1, now and then
 * @throws SeroError `store/damaged`, `store/disk-full`, `store/copy`
 */
export async function copyStore(from: string, to: string, onProgress?: (fraction: number) => void): Promise<void> {
  const path = join(from, STORE);
  const target = join(to, STORE);
  checkStoreFile(path);
  const size = statSync(path).size;
  const free = freeBytes(to);
  if (free !== undefined && free < size + MIN_FREE_BYTES) {
    throw new SeroError(
      "store/disk-full",
      "There is no room for a copy of the block store. Free some space or write to another disk; or stop the node, then no copy is needed.",
      { path: to, freeBytes: free, neededBytes: size + MIN_FREE_BYTES },
    );
  }
  const ticks = setInterval(() => {
    const copied = statSync(target, { throwIfNoEntry: false })?.size ?? 0;
    onProgress?.(Math.min(1, copied / size));
  }, LOOK_MS);
  try {
    const root = open({ path, readOnly: true, maxDbs: 32, encoding: "binary", keyEncoding: "binary", cache: false });
    try {
      await root.backup(target, false);
    } finally {
      await root.close();
    }
  } catch (error) {
    throw new SeroError(
      "store/copy",
      "The running node's block store could not be copied. Stop the node and try again.",
      { path, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  } finally {
    clearInterval(ticks);
  }
}
