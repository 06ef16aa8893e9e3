import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { SeroError } from "@sero/protocol";

/**
 * A lock file that names its process. One left by a process that is gone (kill -9) is taken over. A process is known by its id and, where
 * /proc tells, its start time, since ids are used again.
 */
export async function acquireLock(path: string): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${startOf(process.pid)} ${randomBytes(8).toString("hex")}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createExclusive(path, mine)) {
      return async () => {
        if ((await readFile(path, "utf8").catch(() => "")) === mine) await unlink(path).catch(() => undefined);
      };
    }
    const holder = await readFile(path, "utf8").catch(() => undefined);
    if (holder === undefined) continue;
    if (isAlive(holder)) break;
    // Moved aside, not deleted: if another process took the lock over since we read it, its lock is put back.
    const aside = `${path}.${randomBytes(4).toString("hex")}`;
    await rename(path, aside).catch(() => undefined);
    const moved = await readFile(aside, "utf8").catch(() => undefined);
    if (moved !== undefined && moved !== holder) await link(aside, path).catch(() => undefined);
    await unlink(aside).catch(() => undefined);
  }
  throw new SeroError("store/locked", "Another process has this wallet open. Close it there first.", { lock: path });
}

/** Creates the lock with its contents at once (a hard link of a finished file), so that nobody ever reads half a lock. */
async function createExclusive(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, text, { mode: 0o600, flush: true });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

function isAlive(holder: string): boolean {
  const [pidText, start] = holder.split(" ");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return start === startOf(pid);
}

/** Start time of a process in clock ticks since boot, "?" where the system doesn't tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "?";
  } catch {
    return "?";
  }
}
