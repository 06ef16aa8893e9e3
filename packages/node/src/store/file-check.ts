import { closeSync, openSync, readSync, statSync, truncateSync } from "node:fs";
import { SeroError } from "@sero/protocol";

// Meta pages 0 and 1 of an lmdb file, as lmdb.h and mdb.c lay them out: after a page header of 24 bytes come magic, data version, two
// pointers' worth of addresses, two database records whose first field is the page size, last page and transaction number.
const MAGIC = 0xbeefc0de;
const AT = { magic: 24, pageSize: 48, lastPage: 144, transaction: 152 } as const;
const META_BYTES = 160;

/**
 * Looks at a store's file before lmdb does, since lmdb ends the whole process over a file that is not its own or was cut short.
 *
 * @returns whether there is nothing in it yet
 * @throws SeroError `store/damaged`; the file is not touched
 */
export function checkStoreFile(path: string): boolean {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw damaged(path, "cannot be read");
  }
  if (size === 0) return true;
  if (size < bytesInUse(path)) throw damaged(path, "is cut off");
  return false;
}

/** Bytes of pages that lmdb counts as the file's. @throws SeroError `store/damaged` */
function bytesInUse(path: string): number {
  const first = readAt(path, 0);
  if (!first) throw damaged(path, "is too short");
  const pageSize = first.getUint32(AT.pageSize, true);
  const second = pageSize >= 512 && pageSize <= 65_536 ? readAt(path, pageSize) : undefined;
  if (!second || first.getUint32(AT.magic, true) !== MAGIC || second.getUint32(AT.magic, true) !== MAGIC) {
    throw damaged(path, "is not a block store");
  }
  const isFirstNewer = first.getBigUint64(AT.transaction, true) > second.getBigUint64(AT.transaction, true);
  const lastPage = (isFirstNewer ? first : second).getBigUint64(AT.lastPage, true);
  return Number((lastPage + 1n) * BigInt(pageSize));
}

/** Bytes by which a file is longer than what is used of it while it is open. Holes: they take no room on the disk. */
const SLACK = 64 * 1024 * 1024;

/**
 * Makes the file longer than a transaction will need. lmdb leaves the last pages of a file unwritten where they were taken and freed in one
 * transaction, so that a sound file may be shorter than its own header says; after a kill it could not be told from one that was cut off.
 * To be called before a transaction.
 */
export function lengthenFile(path: string): void {
  try {
    const used = bytesInUse(path);
    if (statSync(path).size < used + SLACK / 2) truncateSync(path, used + SLACK);
  } catch {
    // A file system that refuses (a limit, another system's mapping): writing itself will say what is wrong, if anything is.
  }
}

/** Gives a closed file the length that its header says. */
export function fitFile(path: string): void {
  try {
    truncateSync(path, bytesInUse(path));
  } catch {
    // It is as good as before.
  }
}

function readAt(path: string, position: number): DataView | undefined {
  const bytes = new Uint8Array(META_BYTES);
  const file = openSync(path, "r");
  try {
    return readSync(file, bytes, 0, META_BYTES, position) === META_BYTES ? new DataView(bytes.buffer) : undefined;
  } finally {
    closeSync(file);
  }
}

function damaged(path: string, how: string): SeroError {
  return new SeroError(
    "store/damaged",
    `The block store's file ${how}. Restore the data directory from a copy, or start with a new one; nothing was changed.`,
    { path },
  );
}
