import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { directoryFiles, parseDisclosure } from "../src/index.js";
import { formatDisclosure } from "../src/disclose/index.js";
import { COIN, randomBytes, type TxId } from "@sero/protocol";

describe("what a killed process leaves behind", () => {
  it("D32: temporary files, a key file under an old passphrase among them, are destroyed at the next opening", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sero-wallet-"));
    const files = directoryFiles(directory);
    await files.writeAtomic("keys", randomBytes(10));
    await writeFile(join(directory, "keys.sero.0123abcd.tmp"), randomBytes(100));
    await writeFile(join(directory, "photo.tmp"), "not ours");
    const unlock = await files.lock();
    expect((await readdir(directory)).sort()).toEqual(["keys.sero", "lock", "photo.tmp"]);
    await unlock();
  });
});

describe("a disclosure", () => {
  it("D28: that shows people another amount than it proves is refused, and so is one beyond all amounts", () => {
    const text = formatDisclosure({
      genesisHash: randomBytes(32),
      txid: randomBytes(32) as TxId,
      block: 1n,
      outputIndex: 0,
      address: "serodev1",
      asset: COIN,
      value: 10n ** 18n,
      seed: randomBytes(32),
      memoKey: randomBytes(32),
      message: "",
      signature: undefined,
    });
    const changed = (change: object): string => JSON.stringify({ ...(JSON.parse(text) as object), ...change });
    expect(parseDisclosure(text).value).toBe(10n ** 18n);
    expect(() => parseDisclosure(changed({ readable: "1000 SERO" }))).toThrow(
      expect.objectContaining({ code: "disclosure/format" }),
    );
    const value = 10n ** 38n * 9n;
    expect(() => parseDisclosure(changed({ value: value.toString(), readable: `${value / 10n ** 18n} SERO` }))).toThrow(
      expect.objectContaining({ code: "disclosure/format" }),
    );
  });
});
