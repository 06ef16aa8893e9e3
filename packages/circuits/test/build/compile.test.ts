import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cachedDirectory, checkPin, compileCircuit, parseR1cs, pinOf } from "../../src/index.js";

const source = (body: string): ReadonlyMap<string, Uint8Array> =>
  new Map([["tiny.circom", new TextEncoder().encode(`pragma circom 2.1.6;\n${body}\n`)]]);

const PRODUCT = source(
  "template T() { signal input a; signal input b; signal output c <== a * b; } component main { public [a] } = T();",
);

let root: string;
const made: string[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sero-circuits-"));
});
afterAll(async () => {
  for (const path of [root, ...made]) await rm(path, { recursive: true, force: true });
});

describe("compiling", () => {
  it("compiles once, then finds the result; a damaged one is made anew", async () => {
    const seen: number[] = [];
    const first = await compileCircuit("tiny", PRODUCT, (fraction) => seen.push(fraction));
    made.push(first.path);
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1);
    const r1cs = join(first.path, "tiny.r1cs");
    const bytes = await readFile(r1cs);
    expect(parseR1cs(bytes)).toMatchObject({ constraints: 1, publicInputs: 2, wires: 4 });

    const again: number[] = [];
    expect(await compileCircuit("tiny", PRODUCT, (fraction) => again.push(fraction))).toEqual(first);
    expect(again).toEqual([]);

    await writeFile(r1cs, bytes.subarray(0, 40));
    expect(await compileCircuit("tiny", PRODUCT)).toEqual(first);
    expect(await readFile(r1cs)).toEqual(bytes);
  });

  it("says what the compiler said", async () => {
    const wrong = source("template T() { signal input a; b <== a; } component main = T();");
    await expect(compileCircuit("tiny", wrong)).rejects.toThrow(
      expect.objectContaining({ code: "circuits/compile", message: expect.stringContaining("b") }),
    );
  });

  it("refuses R1CS files that are cut or not for this field", async () => {
    const { path } = await compileCircuit("tiny", PRODUCT);
    const bytes = await readFile(join(path, "tiny.r1cs"));
    const refused = expect.objectContaining({ code: "circuits/r1cs" });
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => parseR1cs(bytes.subarray(0, length))).toThrow(refused);
    }
    const field = bytes.indexOf(Buffer.from("010000f093f5e1439170b97948e833285d588181b64550b829a031e1724e6430", "hex"));
    expect(() => parseR1cs(Uint8Array.from(bytes, (x, i) => (i === field ? x + 1 : x)))).toThrow(refused);
  });
});

describe("pins", () => {
  it("name what differs", async () => {
    const pin = await pinOf("spend");
    expect(() => checkPin("spend", pin, pin)).not.toThrow();
    expect(() => checkPin("spend", pin, { ...pin, constraints: pin.constraints - 1 })).toThrow(
      expect.objectContaining({ code: "circuits/pin", values: expect.objectContaining({ field: "constraints" }) }),
    );
    await expect(pinOf("unknown")).rejects.toThrow(expect.objectContaining({ code: "circuits/pin" }));
  });
});

describe("the cache", () => {
  it("makes a directory once for many who ask at the same time", async () => {
    let runs = 0;
    const make = async (directory: string): Promise<string[]> => {
      runs++;
      await writeFile(join(directory, "file"), "content");
      return ["file"];
    };
    const all = await Promise.all(Array.from({ length: 5 }, () => cachedDirectory(root, "thing", make)));
    expect(runs).toBe(1);
    expect(new Set(all.map(({ path }) => path)).size).toBe(1);
    expect((await readdir(root)).sort()).toEqual(["thing"]);
  });

  it("leaves nothing behind when making fails", async () => {
    const failing = cachedDirectory(root, "failing", () => Promise.reject(new Error("no space left on device")));
    await expect(failing).rejects.toThrow(expect.objectContaining({ code: "circuits/cache" }));
    expect((await readdir(root)).sort()).toEqual(["thing"]);
  });
});
