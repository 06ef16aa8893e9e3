import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { codeOf } from "../support.js";
import { LOW_ORDER_POINTS } from "./low-order.js";

interface Babyjub {
  readonly F: { toObject(x: unknown): bigint };
  readonly Base8: unknown;
  mulPointEscalar(point: unknown, scalar: bigint): [unknown, unknown];
  addPoint(a: unknown, b: unknown): [unknown, unknown];
  packPoint(point: unknown): Uint8Array;
}
const require = createRequire(import.meta.url);
const { buildBabyjub } = require("circomlibjs") as { buildBabyjub(): Promise<Babyjub> };

const scalar = fc.bigInt({ min: 0n, max: p.SUBGROUP_ORDER - 1n });

describe("Baby Jubjub", () => {
  it("equals circomlib's", async () => {
    const reference = await buildBabyjub();
    const plain = ([x, y]: [unknown, unknown]): p.Point => ({ x: reference.F.toObject(x), y: reference.F.toObject(y) });
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const A = reference.mulPointEscalar(reference.Base8, a);
        const B = reference.mulPointEscalar(reference.Base8, b);
        expect(p.mulBase(a)).toEqual(plain(A));
        expect(p.mulPoint(p.BASE8, a)).toEqual(plain(A));
        expect(p.addPoints(p.mulBase(a), p.mulBase(b))).toEqual(plain(reference.addPoint(A, B)));
        expect(p.encodePoint(p.mulBase(a))).toEqual(Uint8Array.from(reference.packPoint(A)));
      }),
      { numRuns: 8 },
    );
  });

  it("is a group, and l is the order of B8", () => {
    expect(p.isInSubgroup(p.BASE8)).toBe(true);
    expect(p.addPoints(p.mulBase(p.SUBGROUP_ORDER - 1n), p.BASE8)).toEqual(p.IDENTITY);
    expect(p.mulBase(0n)).toEqual(p.IDENTITY);
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const A = p.mulBase(a);
        expect(p.addPoints(A, p.negatePoint(A))).toEqual(p.IDENTITY);
        expect(p.addPoints(A, p.IDENTITY)).toEqual(A);
        expect(p.mulPoint(A, b)).toEqual(p.mulBase((a * b) % p.SUBGROUP_ORDER));
        const terms = [
          { point: A, scalar: b },
          { point: p.BASE8, scalar: a },
        ];
        expect(p.linearCombination(terms)).toEqual(p.mulBase((a * b + a) % p.SUBGROUP_ORDER));
      }),
      { numRuns: 8 },
    );
    expect(codeOf(() => p.mulBase(p.SUBGROUP_ORDER))).toBe("curve/scalar");
    expect(codeOf(() => p.mulBase(-1n))).toBe("curve/scalar");
  });

  it("encodes every point once", () => {
    fc.assert(
      fc.property(scalar, (a) => {
        const A = p.mulBase(a);
        const encoded = p.encodePoint(A);
        expect(p.decodePoint(encoded)).toEqual(A);
        expect(p.decodePoint(p.encodePoint(p.negatePoint(A)))).toEqual(p.negatePoint(A));
      }),
      { numRuns: 20 },
    );
    for (const point of LOW_ORDER_POINTS) expect(p.decodePoint(p.encodePoint(point))).toEqual(point);
  });

  it("B14: the eight points of low order are found, with 8*P = identity, and no others", () => {
    expect(LOW_ORDER_POINTS.length).toBe(8);
    expect(new Set(LOW_ORDER_POINTS.map((point) => p.toHex(p.encodePoint(point)))).size).toBe(8);
    for (const point of LOW_ORDER_POINTS) {
      expect(p.isOnCurve(point)).toBe(true);
      expect(p.isLowOrder(point)).toBe(true);
      const shifted = p.addPoints(p.BASE8, point);
      expect(p.isLowOrder(shifted)).toBe(false);
      expect(p.isInSubgroup(shifted)).toBe(p.isIdentity(point));
    }
  });

  it("B14: points off the curve are refused everywhere", () => {
    const off: p.Point = { x: 1n, y: 1n };
    expect(p.isOnCurve(off)).toBe(false);
    for (const action of [
      () => p.encodePoint(off),
      () => p.addPoints(off, p.BASE8),
      () => p.addPoints(p.BASE8, off),
      () => p.mulPoint(off, 2n),
      () => p.isLowOrder(off),
      () => p.isInSubgroup(off),
      () => p.addPoints({ x: p.BASE8.x + p.FIELD_ORDER, y: p.BASE8.y }, p.BASE8),
    ]) {
      expect(codeOf(action)).toBe("curve/not-on-curve");
    }
    let refused = 0;
    for (let y = 2n; y < 60n; y++) {
      if (codeOf(() => p.decodePoint(p.bigIntToBytesLE(y, 32))) === "curve/not-on-curve") refused++;
    }
    expect(refused).toBeGreaterThan(15);
  });

  it("B17: encodings that are not canonical are refused: y + r, x = 0 with a sign, wrong lengths", () => {
    // The identity again as y = 1 + r, and (0, -1), each also with the top bit.
    const signed = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 31 ? byte | 0x80 : byte));
    const identity = p.bigIntToBytesLE(1n, 32);
    expect(p.decodePoint(identity)).toEqual(p.IDENTITY);
    for (const bytes of [
      p.bigIntToBytesLE(1n + p.FIELD_ORDER, 32),
      signed(identity),
      signed(p.bigIntToBytesLE(p.FIELD_ORDER - 1n, 32)),
      p.bigIntToBytesLE(p.BASE8.y + p.FIELD_ORDER, 32),
      new Uint8Array(32).fill(0xff),
    ]) {
      expect(codeOf(() => p.decodePoint(bytes))).toBe("curve/not-canonical");
    }
    expect(codeOf(() => p.decodePoint(new Uint8Array(33)))).toBe("bytes/length");
  });
});
