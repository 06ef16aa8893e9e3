import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";

/** Holds a data directory for this process until `release` is called. */
export interface DirectoryLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** When the process started, in kernel ticks; empty where the system does not say. */
  readonly started: string;
}

/**
 * Takes a data directory for this process alone: two nodes on one store would each seal over the other's blocks. The lock is a file
 * with the holder's process id and start time, so that a lock left behind by `kill -9` is recognised and replaced, also when the id
 * has been given to another process since (as happens in containers).
 *
 * @param directory created when missing
 * @throws SeroError `store/locked` when a living process holds it; `store/directory` when it cannot be written
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, "LOCK");
  const me: Holder = { pid: process.pid, started: startTime(process.pid) };
  try {
    mkdirSync(directory, { recursive: true });
    // A second round, after a dead holder's file was removed. A third would mean somebody else won the race.
    for (let attempt = 0; attempt < 2; attempt++) {
      if (writeExclusively(path, me)) return { release: () => removeOwn(path, me) };
      const holder = readHolder(path);
      if (holder && isAlive(holder)) {
        throw new SeroError(
          "store/locked",
          `The data directory is in use by the process ${holder.pid}. Stop that node first, or give this one a directory of its own.`,
          { directory, pid: holder.pid },
        );
      }
      unlinkSync(path);
    }
  } catch (error) {
    if (error instanceof SeroError) throw error;
    throw new SeroError(
      "store/directory",
      "The data directory cannot be created or written. Check the path and its permissions.",
      { directory, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
  throw new SeroError("store/locked", "Another node took the data directory at this very moment. Try again.", {
    directory,
  });
}

function writeExclusively(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify(holder));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

function readHolder(path: string): Holder | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null || !("pid" in parsed) || !("started" in parsed)) return undefined;
    const { pid, started } = parsed;
    return typeof pid === "number" && typeof started === "string" ? { pid, started } : undefined;
  } catch (error) {
    // Cut off by a crash between creating and writing: nobody holds it. What this user may not read is another user's, and held.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function removeOwn(path: string, me: Holder): void {
  const holder = readHolder(path);
  if (holder?.pid === me.pid && holder.started === me.started) unlinkSync(path);
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return holder.started === "" || holder.started === startTime(holder.pid);
}

/** Field 22 of /proc/PID/stat. The name in field 2 may hold spaces and brackets, so count from its last bracket. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
