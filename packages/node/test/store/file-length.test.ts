import { copyFileSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openEnvironment } from "../../src/store/environment.js";
import { checkStoreFile } from "../../src/store/file-check.js";
import { numberKey } from "../../src/store/keys.js";
import { temporaryDirectory } from "../helpers/node.js";

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe("the length of a store's file", () => {
  it("D31: after a kill tells a sound file from one that is cut off, whatever lmdb left unwritten at its end", async () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const identity = { chainId: 1n, genesisHash: new Uint8Array(32) };
    const environment = openEnvironment(directory, identity);
    const { path, layers } = environment;
    for (let round = 0; round < 120; round++) {
      // Rows that come and go within one transaction leave pages at the end that are free and were never written.
      environment.write(() => {
        for (let i = 0; i < 60; i++)
          layers.putSync(numberKey(BigInt(1_000 * round + i)), new Uint8Array((i * 37) % 3_000));
        for (let i = 0; i < 60; i++) {
          if ((i + round) % 3 !== 0) layers.removeSync(numberKey(BigInt(1_000 * round + i)));
        }
      });
      // What a node would find that starts after a kill at this moment.
      expect(checkStoreFile(path)).toBe(false);
    }
    // The slack is a hole.
    expect(statSync(path).blocks * 512).toBeLessThan(40_000_000);
    await environment.close();
    expect(checkStoreFile(path)).toBe(false);
    const { size } = statSync(path);
    const copy = join(directory, "copy.lmdb");
    copyFileSync(path, copy);
    truncateSync(copy, size - 4_096);
    expect(() => checkStoreFile(copy)).toThrowError(expect.objectContaining({ code: "store/damaged" }) as Error);
    expect(readFileSync(path).length).toBe(size);
    await openEnvironment(directory, identity).close();
  });
});
