import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";

/** Lower-case hex SHA-256. */
export const sha256Hex = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** A directory of the cache whose files were found to be what was written. */
export interface CachedDirectory {
  readonly path: string;
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>;
}

/** Writes the files of a cached directory into `directory` and says their names. */
export type MakeFiles = (directory: string) => Promise<readonly string[]>;

const MANIFEST = "manifest.json";
/** A lock whose holder has not touched it for this long is a dead process's. */
const STALE_LOCK_MS = 10_000;
const LOCK_TOUCH_MS = 1_000;

/**
 * The directory `name` below `root`, made by `make` if it is not there or was damaged. Complete or absent: it is made beside and renamed.
 * Of several processes one works and the others wait for it. Throws circuits/cache when the disk does not take it.
 */
export async function cachedDirectory(root: string, name: string, make: MakeFiles): Promise<CachedDirectory> {
  const path = join(root, name);
  const found = await readIntact(path);
  if (found !== undefined) return found;
  try {
    await mkdir(root, { recursive: true });
  } catch (cause) {
    throw new SeroError(
      "circuits/cache",
      "The folder for built circuits can't be made; check disk and permissions.",
      { root },
      { cause },
    );
  }
  return withLock(`${path}.lock`, async () => (await readIntact(path)) ?? (await fill(path, make)));
}

/** Sums of the files as the manifest has them, or undefined when one is missing or differs. */
async function readIntact(path: string): Promise<CachedDirectory | undefined> {
  try {
    const files: unknown = JSON.parse(await readFile(join(path, MANIFEST), "utf8"));
    if (typeof files !== "object" || files === null) return undefined;
    for (const [name, sum] of Object.entries(files)) {
      if (sha256Hex(await readFile(join(path, name))) !== sum) return undefined;
    }
    return { path, files: files as Record<string, string> };
  } catch {
    // Not there, cut off or not JSON: all the same, it is made anew.
    return undefined;
  }
}

async function fill(path: string, make: MakeFiles): Promise<CachedDirectory> {
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await mkdir(beside);
    const files: Record<string, string> = {};
    for (const name of await make(beside)) files[name] = sha256Hex(await readFile(join(beside, name)));
    await writeFile(join(beside, MANIFEST), JSON.stringify(files, null, 2) + "\n");
    await rm(path, { recursive: true, force: true });
    await rename(beside, path);
    return { path, files };
  } catch (cause) {
    await rm(beside, { recursive: true, force: true });
    if (cause instanceof SeroError) throw cause;
    throw new SeroError(
      "circuits/cache",
      "A built circuit can't be stored; check disk and permissions.",
      { path },
      { cause },
    );
  }
}

async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(lock))) {
    if (await isStale(lock)) await rm(lock, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const touch = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), LOCK_TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(lock, { recursive: true, force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new SeroError(
      "circuits/cache",
      "A lock can't be made in the folder for built circuits.",
      { lock },
      { cause },
    );
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(lock)).mtimeMs > STALE_LOCK_MS;
  } catch {
    return false; // Just released.
  }
}
