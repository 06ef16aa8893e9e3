import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { SeroError } from "@sero/protocol";
import { freeBytes, MIN_FREE_BYTES, writeError } from "./disk.js";
import { checkStoreFile } from "./file-check.js";

const STORE = "chain.lmdb";
const LOOK_MS = 500;

/**
 * Copies a store as it is at one moment, also while a node writes to it: lmdb copies what one read transaction sees (mdb_env_copy). The store itself is
 * only read. Ends only when the copy is complete.
 *
 * @param from a data directory with a store
 * @param to an existing directory without one, on a file system with room for two copies
 * @param onProgress fraction from 0 to 1, now and then
 * @throws SeroError `store/damaged`, `store/disk-full`, `store/copy`
 */
export async function copyStore(from: string, to: string, onProgress?: (fraction: number) => void): Promise<void> {
  const path = join(from, STORE);
  const target = join(to, STORE);
  checkStoreFile(path);
  requireReaders(from);
  const size = statSync(path).size;
  requireRoom(to, size);
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
    const failure = writeError(to, error);
    throw failure.code === "store/disk-full" ? failure : notCopied(path, error);
  } finally {
    clearInterval(ticks);
  }
}

/** Without its lock file lmdb would read unprotected: the writer takes pages for free that the copy still needs. */
function requireReaders(directory: string): void {
  const lock = join(directory, `${STORE}-lock`);
  try {
    accessSync(existsSync(lock) ? lock : directory, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw notCopied(directory, error);
  }
}

/** Room for the copy and for what is made of it, so that the node beside it can go on writing. */
function requireRoom(to: string, size: number): void {
  const [free, needed] = [freeBytes(to), 2 * size + MIN_FREE_BYTES];
  if (free === undefined || free >= needed) return;
  throw new SeroError(
    "store/disk-full",
    "There is no room for a copy of the block store and the snapshot. Free some space, or write to another disk.",
    { path: to, freeBytes: free, neededBytes: needed },
  );
}

const notCopied = (path: string, error: unknown): SeroError =>
  new SeroError(
    "store/copy",
    "The block store could not be copied. Run this as the user that the node runs as, on the same machine.",
    { path, reason: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
