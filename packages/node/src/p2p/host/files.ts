import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import type { z } from "zod";
import type { Log } from "../../log.js";

/** Largest file that is read: far above what the bounds of the books allow. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/**
 * Reads a JSON file of this node's own. One that is damaged is set aside as `<path>.damaged` and counts as missing: peers are found anew.
 *
 * @returns undefined when there is none, or it was damaged
 */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>, log: Log): T | undefined {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error("it is too large");
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    try {
      renameSync(path, `${path}.damaged`);
    } catch {
      // It can't be read and can't be moved: the next write says so.
    }
    log({
      level: "warn",
      event: "p2p/damaged-file",
      message: "A file about peers could not be read. It was set aside and begun anew.",
      values: { path },
    });
    return undefined;
  }
}

/** Writes a JSON file whole or not at all: a crash leaves the old one. A full disk is logged, not thrown: peers can be found anew. */
export function writeJsonFile(path: string, value: unknown, log: Log): void {
  const draft = `${path}.new`;
  try {
    const file = openSync(draft, "w", 0o600);
    try {
      writeSync(file, JSON.stringify(value, null, 1));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    log({
      level: "warn",
      event: "p2p/write-failed",
      message: "A file about peers could not be written. Check the disk.",
      values: { path, reason: error instanceof Error ? error.message : String(error) },
    });
  }
}
