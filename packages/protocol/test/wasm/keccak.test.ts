import { keccak_256 } from "@noble/hashes/sha3.js";
import { describe, expect, it } from "vitest";
import { keccak256 } from "../../src/hash/index.js";
import { generateKeccak, rotations, roundConstants } from "../../src/wasm/keccak/generate.js";
import { openKeccak } from "../../src/wasm/keccak/index.js";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);

describe("Keccak-256 in WebAssembly", () => {
  const keccak = openKeccak();

  it("has FIPS 202's constants", () => {
    expect(roundConstants().slice(0, 3)).toEqual([1n, 0x8082n, 0x800000000000808an]);
    expect(roundConstants()[23]).toBe(0x8000000080008008n);
    expect(rotations().slice(0, 6)).toEqual([0, 1, 62, 28, 27, 36]);
  });

  it("equals noble's around every block and buffer boundary", () => {
    const lengths = [
      ...Array.from({ length: 300 }, (_, i) => i),
      8567,
      8703,
      8704,
      8705,
      17_407,
      17_408,
      17_409,
      100_000,
    ];
    for (const length of lengths) expect(keccak(bytes(length))).toEqual(keccak_256(bytes(length)));
  });

  it("hashes parts as if they were one, and none", () => {
    for (const cuts of [
      [0, 0],
      [1, 135],
      [136, 136],
      [100, 8704],
      [8704, 1],
      [8703, 2],
    ] as const) {
      const parts = [bytes(cuts[0]), new Uint8Array(0), bytes(cuts[1]), bytes(7)];
      const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
      expect(keccak(...parts)).toEqual(keccak_256(whole));
      expect(keccak256(...parts)).toEqual(keccak_256(whole));
    }
    expect(keccak()).toEqual(keccak_256(new Uint8Array(0)));
  });

  it("leaves nothing of one digest in the next, and gives each its own memory", () => {
    const first = keccak(bytes(500));
    keccak(bytes(3));
    expect(first).toEqual(keccak_256(bytes(500)));
    expect(keccak(bytes(500))).toEqual(first);
  });

  it("is small enough for browsers' main threads", () => {
    expect(generateKeccak().bytes.length).toBeLessThan(4096);
  });
});
