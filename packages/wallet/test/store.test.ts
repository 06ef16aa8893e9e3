import { mkdtemp, readFile, readdir, stat, writeFile } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { concatBytes, randomBytes, utf8 } from "@sero/protocol";
import { directoryFiles, memoryFiles, nativeKdf, portableKdf } from "../src/index.js";
import type { FileSystem } from "../src/platform/node/files.js";
import { createDatabase, openDatabase } from "../src/store/database.js";
import { openKeyFile, sealKeyFile } from "../src/store/keyfile.js";
import { QUICK_KDF } from "./helpers/wallets.js";

const KEY = new Uint8Array(32).fill(7);
const ID = new Uint8Array(16).fill(9);
const SECRET = utf8("abandon abandon about");
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), "sero-store-"));
const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

describe("key file", () => {
  it("opens with its passphrase, in any Unicode form, and by native and portable scrypt alike", async () => {
    const file = await sealKeyFile(SECRET, "pässwörd", QUICK_KDF, nativeKdf);
    expect(await openKeyFile(file, "pässwörd".normalize("NFD"), portableKdf)).toEqual(SECRET);
  });

  it("D32: says which of wrong passphrase, cut off, changed, foreign, old and newer it is", async () => {
    const file = await sealKeyFile(SECRET, "right", QUICK_KDF, nativeKdf);
    const open = (bytes: Uint8Array, passphrase = "right"): Promise<string> =>
      codeOf(openKeyFile(bytes, passphrase, nativeKdf));
    expect(await open(file, "wrong")).toBe("store/wrong-passphrase");
    for (const length of [0, 3, 8, 9, 40, file.length - 33, file.length - 1])
      expect(await open(file.slice(0, length))).toBe("store/damaged");
    for (const at of [10, 20, 50, file.length - 40, file.length - 1]) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await open(changed)).toBe("store/damaged");
    }
    expect(await open(utf8('{"crypto":{"cipher":"aes-128-ctr"}}'))).toBe("store/foreign");
    expect(await open(randomBytes(200))).toBe("store/foreign");
    for (const [version, code] of [
      [0, "store/old-format"],
      [2, "store/newer-format"],
    ] as const) {
      const other = file.slice();
      other[8] = version;
      expect(await open(other)).toBe(code);
    }
  });

  it("D32: refuses to spend gigabytes on a hostile file's parameters", async () => {
    expect(await codeOf(sealKeyFile(SECRET, "x", { logN: 30, r: 8, p: 1 }, nativeKdf))).toBe("store/damaged");
  });

  it("D32: no secret in the errors", async () => {
    const file = await sealKeyFile(SECRET, "the passphrase", QUICK_KDF, nativeKdf);
    const error = await openKeyFile(file, "another passphrase", nativeKdf).catch((thrown: Error) => thrown);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/another|abandon/);
    expect((error as Error).cause).toBeUndefined();
  });
});

describe("database", () => {
  it("keeps bigints and bytes, over commits, compaction and reopening", async () => {
    const files = memoryFiles();
    const database = await createDatabase(files, KEY, ID);
    const big = { n: 2n ** 200n, bytes: randomBytes(40), list: [1, "x", null] };
    database.put("a", big);
    for (let i = 0; i < 60; i++) {
      database.put("filler", randomBytes(40_000));
      database.put(`k/${i}`, { i });
      await database.commit();
    }
    database.delete("k/3");
    await database.commit();
    const again = await openDatabase(files, KEY, ID);
    expect(again.get("a")).toEqual(big);
    expect(again.keys("k/")).toHaveLength(59);
    expect(again.recovered).toBe(false);
    expect((await files.list()).filter((name) => name.startsWith("log-"))).toHaveLength(1);
    expect(await files.list()).not.toContain("log-0");
  });

  it("D31: a log torn at any byte opens with everything committed before, and goes on", async () => {
    const contents = new Map<string, Uint8Array>();
    const files = memoryFiles(contents);
    const database = await createDatabase(files, KEY, ID);
    database.put("first", 1);
    await database.commit();
    const whole = (contents.get("log-0") as Uint8Array).length;
    database.put("second", 2);
    await database.commit();
    const log = contents.get("log-0") as Uint8Array;
    for (let length = whole + 1; length < log.length; length += 7) {
      const torn = memoryFiles(new Map([...contents, ["log-0", log.slice(0, length)]]));
      const opened = await openDatabase(torn, KEY, ID);
      expect([opened.get("first"), opened.get("second"), opened.recovered]).toEqual([1, undefined, true]);
      opened.put("third", 3);
      await opened.commit();
      expect((await openDatabase(torn, KEY, ID)).get("third")).toBe(3);
    }
  });

  it("D32: damage anywhere but the torn end, another wallet's files and other versions are told apart, and nothing is written", async () => {
    const contents = new Map<string, Uint8Array>();
    const database = await createDatabase(memoryFiles(contents), KEY, ID);
    for (let i = 0; i < 3; i++) {
      database.put("n", i);
      await database.commit();
    }
    const attempt = async (name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<string> => {
      const copy = new Map(contents);
      copy.set(name, change((contents.get(name) as Uint8Array).slice()));
      const before = new Map([...copy].map(([key, bytes]) => [key, bytes.slice()]));
      const code = await codeOf(openDatabase(memoryFiles(copy), KEY, ID));
      expect(copy).toEqual(before);
      return code;
    };
    const flip =
      (at: number) =>
      (bytes: Uint8Array): Uint8Array => {
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes;
      };
    expect(await attempt("state", (bytes) => bytes.slice(0, 40))).toBe("store/damaged");
    expect(await attempt("state", flip(60))).toBe("store/damaged");
    expect(await attempt("state", flip(26))).toBe("store/damaged");
    expect(await attempt("state", () => randomBytes(100))).toBe("store/damaged");
    expect(await attempt("log-0", flip(30))).toBe("store/damaged");
    // Records in another order, and one twice: each is bound to its place.
    const swapped = (bytes: Uint8Array): Uint8Array => {
      const length = 4 + new DataView(bytes.buffer).getUint32(0);
      return concatBytes(bytes.slice(length, 2 * length), bytes.slice(0, length), bytes.slice(2 * length));
    };
    expect(await attempt("log-0", swapped)).toBe("store/damaged");
    expect(await attempt("log-0", (bytes) => concatBytes(bytes, bytes.slice(0, bytes.length / 3), bytes))).toBe(
      "store/damaged",
    );
    expect(await attempt("state", (bytes) => bytes.fill(0, 8, 9))).toBe("store/old-format");
    expect(await attempt("state", (bytes) => bytes.fill(2, 8, 9))).toBe("store/newer-format");
    expect(await codeOf(openDatabase(memoryFiles(contents), KEY, new Uint8Array(16)))).toBe("store/damaged");
  });
});

describe("files in a directory", () => {
  it("are private, and a crash before the rename leaves the old one", async () => {
    const directory = join(await temporary(), "wallet");
    const files = directoryFiles(directory);
    await files.writeAtomic("keys", utf8("one"));
    expect((await stat(join(directory, "keys.sero"))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const crashing: FileSystem = {
      ...fs,
      rename: () => Promise.reject(Object.assign(new Error("crash"), { code: "EIO" })),
    };
    expect(await codeOf(directoryFiles(directory, crashing).writeAtomic("keys", utf8("two")))).toBe("store/io");
    expect(await files.read("keys")).toEqual(utf8("one"));
    expect(await readdir(directory)).toEqual(["keys.sero"]);
  });

  it("D32: a full disk is a clear error, the old state is whole, and it goes on once there is space", async () => {
    const directory = await temporary();
    let isFull = false;
    const filling: FileSystem = {
      ...fs,
      open: async (...parameters: Parameters<typeof fs.open>) => {
        const file = await fs.open(...parameters);
        const write = file.write.bind(file) as (
          buffer: Uint8Array,
          offset: number,
          length: number,
          position: number,
        ) => Promise<{ bytesWritten: number }>;
        return Object.assign(file, {
          write: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
            // Half of it fits, then there is no space left.
            if (!isFull) return write(buffer, offset, length, position);
            await write(buffer, offset, Math.floor(length / 2), position);
            throw Object.assign(new Error("no space"), { code: "ENOSPC" });
          },
        });
      },
    } as FileSystem;
    const files = directoryFiles(directory, filling);
    const database = await createDatabase(files, KEY, ID);
    database.put("a", 1);
    await database.commit();
    isFull = true;
    database.put("a", 2);
    expect(await codeOf(database.commit())).toBe("store/disk-full");
    expect(await codeOf(files.writeAtomic("keys", utf8("x".repeat(100))))).toBe("store/disk-full");
    expect((await openDatabase(directoryFiles(directory), KEY, ID)).get("a")).toBe(1);
    isFull = false;
    await database.commit();
    expect((await openDatabase(directoryFiles(directory), KEY, ID)).get("a")).toBe(2);
    expect((await readdir(directory)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("are locked against a second opening, and a lock left by a dead process is taken over", async () => {
    const directory = await temporary();
    const files = directoryFiles(directory);
    const unlock = await files.lock();
    expect(await codeOf(directoryFiles(directory).lock())).toBe("store/locked");
    await unlock();
    await writeFile(join(directory, "lock"), "999999999 1 abc");
    const again = await files.lock();
    await again();
    expect(await readdir(directory)).toEqual([]);
  });

  it("are destroyed: overwritten, then gone", async () => {
    const directory = await temporary();
    const kept = await fs.open(join(directory, "keys.sero"), "w+");
    await kept.writeFile("the secret key");
    await directoryFiles(directory).destroy("keys");
    const { buffer } = await kept.read(Buffer.alloc(14), 0, 14, 0);
    await kept.close();
    expect(buffer.toString()).not.toBe("the secret key");
    expect(await readdir(directory)).toEqual([]);
    await expect(readFile(join(directory, "keys.sero"))).rejects.toThrow();
  });
});
