import { ed25519_hasher, x25519, ed25519 } from "@noble/curves/ed25519.js";
import { bech32m } from "@scure/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { TEST_PHRASE, codeOf, errorOf } from "../support.js";

const keys = p.deriveAccount(p.phraseToSeed(TEST_PHRASE), "sero-dev", 0);
const address = p.addressAt(keys, 0n);
const text = p.encodeAddress(address, "serodev");

/** Low-order u coordinates as little-endian bytes, with their non-canonical doubles (RFC 7748 section 7; cr.yp.to/ecdh.html). */
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(p.fromHex);

describe("addresses", () => {
  it("go there and back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (index) => {
        const a = p.addressAt(keys, index);
        const encoded = p.encodeAddress(a, "serodev");
        expect(encoded).toMatch(/^serodev1[a-z0-9]{136}$/);
        expect(p.decodeAddress(encoded, "serodev")).toEqual(a);
        expect(p.decodeAddress(encoded.toUpperCase(), "serodev")).toEqual(a);
        // The same as an independent encoder's.
        expect(bech32m.decode(encoded as `${string}1${string}`, false).prefix).toBe("serodev");
      }),
      { numRuns: 8 },
    );
  });

  it("are as section 3 says", () => {
    expect(address.ownerTag).toBe(p.H(p.DOMAINS.D_OWNER, keys.acct, p.bytesToBigInt(address.d)));
    const base = p.diversifiedBase(address.d);
    expect(address.pd).toEqual(x25519.scalarMult(keys.ivk, base));
    const point = ed25519_hasher.hashToCurve(address.d, { DST: "SERO-V1-diversifier" });
    expect(base).toEqual(ed25519.utils.toMontgomery(point.toBytes()));
    expect(point.isTorsionFree()).toBe(true);
    expect(codeOf(() => p.diversifierAt(keys.dk, 2n ** 128n))).toBe("bytes/integer");
  });

  it("of one account share no part; those for change differ from those for others", () => {
    const all = [0n, 1n, 2n].map((j) => p.addressAt(keys, j));
    const parts = all.flatMap((a) => [p.toHex(a.d), p.toHex(a.pd), p.toHex(p.fieldToBytes(a.ownerTag))]);
    expect(new Set(parts).size).toBe(9);
    const change = p.addressForChange(keys, 0n);
    expect(change.d).toEqual(address.d);
    expect(change.ownerTag).toBe(address.ownerTag);
    expect(change.pd).not.toEqual(address.pd);
  });

  it("with one wrong character are refused with its position", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: text.length - 1 }),
        fc.constantFrom(..."qpzry9x8gf2tvdw0s3jn54khce6mua7l"),
        (i, c) => {
          if (text[i] === c) return;
          const error = errorOf(() => p.decodeAddress(text.slice(0, i) + c + text.slice(i + 1), "serodev"));
          expect(error.code).toBe("address/checksum");
          expect(error.values).toEqual({ position: i + 1 });
        },
      ),
    );
  });

  it("with two wrong characters, too short, too long or of foreign characters are refused", () => {
    const change = (s: string, i: number): string => s.slice(0, i) + (s[i] === "q" ? "p" : "q") + s.slice(i + 1);
    const code = (s: string): string => codeOf(() => p.decodeAddress(s, "serodev"));
    for (let i = 10; i < 140; i += 9) expect(code(change(change(text, i), i + 3))).toBe("address/checksum");
    expect(code("")).toBe("address/empty");
    for (const bad of ["serodev", "serodev1", "1qqqqqqqq", "serodev1qqqq", "q".repeat(2000)])
      expect(code(bad)).toBe("address/format");
    for (let cut = 1; cut < 60; cut += 7) expect(code(text.slice(0, -cut))).toBe("address/checksum");
    expect(code(text + "q")).toBe("address/checksum");
    const mixed = errorOf(() => p.decodeAddress(text.slice(0, 20) + text.slice(20).toUpperCase(), "serodev"));
    expect(mixed.code).toBe("address/case");
    for (const c of ["b", "i", "o", "-"]) {
      const error = errorOf(() => p.decodeAddress(text.slice(0, 30) + c + text.slice(31), "serodev"));
      expect([error.code, error.values]).toEqual(["address/character", { position: 31 }]);
    }
  });

  it("D28: with control, bidirectional or invisible characters are refused, and those do not reach the error", () => {
    for (const c of ["\u0000", "\u001b", "\n", " ", "\u00a0", "\u202e", "\u200b", "\u0131", "\u212a", "\ud800", "ſ"]) {
      for (const at of [0, 3, 50]) {
        const error = errorOf(() => p.decodeAddress(text.slice(0, at) + c + text.slice(at), "serodev"));
        expect(error.code).toBe("address/character");
        expect(error.values).toEqual({ position: at + 1 });
        expect(error.message).not.toContain(c === " " ? "\u0000" : c);
      }
    }
  });

  it("of another network or version are refused, saying so", () => {
    const error = errorOf(() => p.decodeAddress(p.encodeAddress(address, "sero"), "serodev"));
    expect([error.code, error.values]).toEqual(["address/network", { found: "sero", expected: "serodev" }]);
    expect(codeOf(() => p.decodeAddress(p.encodeBech32m("serodev", new Uint8Array(81).fill(2)), "serodev"))).toBe(
      "address/version",
    );
    expect(codeOf(() => p.decodeAddress(p.encodeBech32m("serodev", Uint8Array.of(1, 2)), "serodev"))).toBe(
      "address/length",
    );
    expect(codeOf(() => p.decodeAddress(p.encodeBech32m("serodev", new Uint8Array(0)), "serodev"))).toBe(
      "address/version",
    );
  });

  it("A6, B14, B17: with ownerTag >= r, or P_d of low order or at or above 2^255 - 19, are refused", () => {
    const build = (pd: Uint8Array, tag: Uint8Array): string =>
      p.encodeBech32m("serodev", p.concatBytes(Uint8Array.of(1), address.d, pd, tag));
    const tag = p.fieldToBytes(address.ownerTag);
    expect(p.decodeAddress(build(address.pd, tag), "serodev")).toEqual(address);
    const error = errorOf(() => p.decodeAddress(build(address.pd, p.bigIntToBytes(p.FIELD_ORDER, 32)), "serodev"));
    expect([error.code, error.values]).toEqual(["address/value", { part: "ownerTag" }]);
    const tooLarge = [
      p.bigIntToBytesLE(p.CURVE25519_PRIME + 9n, 32),
      new Uint8Array(32).fill(0xff),
      address.pd.map((byte, i) => (i === 31 ? byte | 0x80 : byte)),
    ];
    for (const pd of [...LOW_ORDER, ...tooLarge]) {
      expect(codeOf(() => p.decodeAddress(build(pd, tag), "serodev"))).toBe("address/value");
      expect(p.isCanonicalX25519(pd)).toBe(false);
    }
    expect(p.isCanonicalX25519(address.pd)).toBe(true);
    expect(p.isCanonicalX25519(address.pd.subarray(1))).toBe(false);
  });

  it("B16: every listed key of low order, and its doubles, gives X25519 zeros", () => {
    for (const u of LOW_ORDER) expect(p.agree(p.x25519Noble(keys.ivk), u)).toBeUndefined();
    expect(p.agree(() => new Uint8Array(32), address.pd)).toBeUndefined();
  });
});
