import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { codeOf } from "../support.js";

const bytes = fc.uint8Array({ maxLength: 80 });

describe("bytes", () => {
  it("hex goes there and back, in any case, with or without 0x", () => {
    fc.assert(
      fc.property(bytes, (b) => {
        const hex = p.toHex(b);
        expect(hex).toMatch(/^0x([0-9a-f]{2})*$/);
        expect(p.fromHex(hex)).toEqual(b);
        expect(p.fromHex(hex.slice(2).toUpperCase())).toEqual(b);
      }),
    );
    for (const bad of ["0x0", "0xzz", "0x 1", "x00", "0x0x00", "0x+1"])
      expect(codeOf(() => p.fromHex(bad))).toBe("bytes/hex");
  });

  it("hex of any length is recognised, of megabytes too", () => {
    for (const good of ["0x", "0x00", "0xAbCd", `0x${"5b".repeat(8_000_000)}`]) expect(p.isHexBytes(good)).toBe(true);
    for (const bad of ["", "00", "0x0", "0xzz", "0x 1", "x0", `0x${"5b".repeat(8_000_000)}0`, "0x00\n"])
      expect(p.isHexBytes(bad)).toBe(false);
  });

  it("integers go there and back, big- and little-endian, of every length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70 }), fc.bigInt({ min: 0n, max: 2n ** 560n - 1n }), (length, x) => {
        const value = BigInt.asUintN(8 * length, x);
        const big = p.bigIntToBytes(value, length);
        expect(big.length).toBe(length);
        expect(p.bytesToBigInt(big)).toBe(value);
        expect(p.bigIntToBytesLE(value, length)).toEqual(Uint8Array.from(big).reverse());
        expect(p.bytesToBigIntLE(p.bigIntToBytesLE(value, length))).toBe(value);
        expect(p.toHex(big)).toBe("0x" + (length === 0 ? "" : value.toString(16).padStart(2 * length, "0")));
      }),
    );
    expect(codeOf(() => p.bigIntToBytes(256n, 1))).toBe("bytes/integer");
    expect(codeOf(() => p.bigIntToBytes(-1n, 8))).toBe("bytes/integer");
    expect(codeOf(() => p.bigIntToBytes(1n, 0))).toBe("bytes/integer");
  });

  it("compares, joins, xors and reads text", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(p.equalBytes(a, b)).toBe(p.toHex(a) === p.toHex(b));
        expect(Math.sign(p.compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)));
        expect(p.concatBytes(a, b)).toEqual(Uint8Array.from([...a, ...b]));
        expect(p.isZeroBytes(a)).toBe(a.every((x) => x === 0));
        expect(
          p.xorBytes(
            p.xorBytes(
              a,
              a.map((x) => x ^ 0x5a),
            ),
            a,
          ),
        ).toEqual(a.map((x) => x ^ 0x5a));
      }),
    );
    expect(p.fromUtf8(p.utf8("\ufeffgrüße 🌍"))).toBe("\ufeffgrüße 🌍");
    expect(codeOf(() => p.fromUtf8(Uint8Array.of(0xc3, 0x28)))).toBe("bytes/utf8");
    expect(codeOf(() => p.xorBytes(new Uint8Array(1), new Uint8Array(2)))).toBe("bytes/length");
    expect(p.randomBytes(32)).not.toEqual(p.randomBytes(32));
  });
});

describe("field", () => {
  const r = p.FIELD_ORDER;

  it("A6, A7, B17: one element has one encoding; r, n + r and 2^256 - 1 are refused", () => {
    for (const x of [0n, 1n, r - 1n]) expect(p.fieldFromBytes(p.fieldToBytes(x))).toBe(x);
    for (const x of [r, r + 1n, r + 5n, 2n * r, 2n ** 254n, 2n ** 256n - 1n]) {
      expect(codeOf(() => p.fieldFromBytes(p.bigIntToBytes(x, 32)))).toBe("field/not-canonical");
      expect(codeOf(() => p.fieldToBytes(x))).toBe("field/not-canonical");
      expect(p.isField(x)).toBe(false);
      expect(codeOf(() => p.poseidon([x]))).toBe("field/not-canonical");
      expect(codeOf(() => p.nullifierOf(1n as p.NullifierKey, x as p.Commitment, 0n))).toBe("field/not-canonical");
    }
    expect(p.isField(-1n)).toBe(false);
    expect(codeOf(() => p.fieldFromBytes(new Uint8Array(31)))).toBe("bytes/length");
  });

  it("computes", () => {
    const element = fc.bigInt({ min: 0n, max: r - 1n });
    fc.assert(
      fc.property(element, element, (a, b) => {
        expect(p.Fr.sub(p.Fr.add(a, b), b)).toBe(a);
        expect(p.Fr.add(a, p.Fr.neg(a))).toBe(0n);
        if (b !== 0n) expect(p.Fr.mul(p.Fr.mul(a, b), p.Fr.inv(b))).toBe(a);
        const square = p.Fr.mul(a, a);
        const root = p.Fr.sqrt(square) as bigint;
        expect(root === a || root === p.Fr.neg(a)).toBe(true);
        // 5 generates the field, so 5 * square has no root unless it is 0.
        if (a !== 0n) expect(p.Fr.sqrt(p.Fr.mul(square, 5n))).toBeUndefined();
        expect(p.Fr.reduce(a - 3n * r)).toBe(a);
      }),
      { numRuns: 25 },
    );
    expect(codeOf(() => p.Fr.inv(0n))).toBe("field/zero");
  });
});
