import { randomBytes } from "node:crypto";
import * as defaultFs from "node:fs/promises";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";
import type { WalletFiles } from "../../store/files.js";
import { acquireLock } from "./lock.js";

/** The functions of node:fs/promises that are used; tests put failing ones in their place. */
export type FileSystem = Pick<
  typeof defaultFs,
  "open" | "rename" | "readFile" | "readdir" | "mkdir" | "unlink" | "stat"
>;

/**
 * Files in a directory (mode 0700, files 0600). A write goes to a temporary file, is flushed, renamed over the old one, and the
 * directory flushed too, so that a crash at any moment leaves the old contents or the new.
 */
export function directoryFiles(directory: string, fs: FileSystem = defaultFs): WalletFiles {
  const path = (name: string): string => join(directory, `${name}.sero`);
  const ensure = async (): Promise<void> => void (await fs.mkdir(directory, { recursive: true, mode: 0o700 }));
  return {
    place: directory,
    read: async (name) => {
      try {
        return new Uint8Array(await fs.readFile(path(name)));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw ioError(error, directory);
      }
    },
    writeAtomic: async (name, bytes) => {
      const temporary = `${path(name)}.${randomBytes(4).toString("hex")}.tmp`;
      try {
        await ensure();
        await writeFlushed(fs, temporary, bytes);
        await fs.rename(temporary, path(name));
        await flushDirectory(fs, directory);
      } catch (error) {
        await fs.unlink(temporary).catch(() => undefined);
        throw ioError(error, directory);
      }
    },
    append: async (name, at, bytes) => {
      try {
        const isNew = await fs.stat(path(name)).then(
          () => false,
          () => true,
        );
        const file = await fs.open(path(name), isNew ? "w" : "r+", 0o600);
        try {
          await file.truncate(at);
          await writeAll(file, bytes, at);
          await file.sync();
        } catch (error) {
          // Takes the half-written record back; if even that fails, opening drops it as torn.
          await file.truncate(at).catch(() => undefined);
          throw error;
        } finally {
          await file.close();
        }
        if (isNew) await flushDirectory(fs, directory);
      } catch (error) {
        throw ioError(error, directory);
      }
    },
    list: async () => {
      const names = await fs.readdir(directory).catch(() => []);
      return names.filter((name) => name.endsWith(".sero")).map((name) => name.slice(0, -5));
    },
    destroy: async (name) => {
      try {
        await overwrite(fs, path(name));
        await flushDirectory(fs, directory);
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw ioError(error, directory);
      }
    },
    remove: async (name) => {
      await fs.unlink(path(name)).catch(() => undefined);
    },
    lock: async () => {
      try {
        await ensure();
        const unlock = await acquireLock(join(directory, "lock"));
        await destroyLeftovers(fs, directory);
        return unlock;
      } catch (error) {
        throw ioError(error, directory);
      }
    },
  };
}

async function overwrite(fs: FileSystem, path: string): Promise<void> {
  const { size } = await fs.stat(path);
  const file = await fs.open(path, "r+");
  try {
    await writeAll(file, new Uint8Array(randomBytes(size)), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await fs.unlink(path);
}

/** Temporary files of a process that was killed: one may be a key file under an old passphrase, which an erased wallet must not leave behind. */
async function destroyLeftovers(fs: FileSystem, directory: string): Promise<void> {
  const names = await fs.readdir(directory).catch(() => []);
  for (const name of names)
    if (/^[a-z0-9-]+\.sero\.[0-9a-f]{8}\.tmp$/.test(name))
      await overwrite(fs, join(directory, name)).catch(() => undefined);
}

async function writeFlushed(fs: FileSystem, name: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(name, "wx", 0o600);
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: defaultFs.FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function flushDirectory(fs: FileSystem, directory: string): Promise<void> {
  // Some systems (Windows) can't open a directory; there the rename is as durable as it gets.
  const handle = await fs.open(directory, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function ioError(error: unknown, directory: string): SeroError {
  if (error instanceof SeroError) return error;
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new SeroError(
      "store/disk-full",
      "The disk is full. The wallet's last saved state is whole; free some space and try again.",
      { place: directory },
    );
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new SeroError("store/io", "The wallet's directory cannot be written. Check its owner and permissions.", {
      place: directory,
      code,
    });
  return new SeroError("store/io", "The wallet's files cannot be read or written. Check the disk and try again.", {
    place: directory,
    code,
  });
}
