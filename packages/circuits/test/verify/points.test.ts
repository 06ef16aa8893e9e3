import { bn254 } from "@noble/curves/bn254.js";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BASE_FIELD_ORDER as q,
  BN_PARAMETER as x,
  G1_GENERATOR,
  G2_GENERATOR,
  SCALAR_FIELD_ORDER as r,
} from "../../src/verify/constants.js";
import { g1Bytes, g2Bytes } from "../../src/verify/encoding.js";
import { type Mcl, openMcl, SIZE } from "../../src/verify/mcl.js";
import { type PointCodec, pointCodec, PSI_X, PSI_Y } from "../../src/verify/points.js";
import { asG2, g1, g2, times, twistPoint } from "./synthetic.js";

/** Order of the twist divided by r. Its small factors are 10069 and 5864401. */
const COFACTOR = 2n * q - r;

describe("decoding of points", () => {
  let mcl: Mcl;
  let codec: PointCodec;
  let at: number;
  beforeAll(async () => {
    mcl = await openMcl();
    codec = pointCodec(mcl);
    at = mcl.reserve(SIZE.g2);
  });

  it("reads what it writes, and agrees with another implementation of the curve", () => {
    for (const scalar of [1n, 2n, r - 1n, 123456789n ** 7n]) {
      expect(codec.readG1(at, g1Bytes(g1(scalar)), 0)).toBe(true);
      expect(codec.writeG1(at)).toEqual(g1Bytes(g1(scalar)));
      expect(codec.readG2(at, g2Bytes(g2(scalar)), 0)).toBe(true);
      expect(codec.writeG2(at)).toEqual(g2Bytes(g2(scalar)));
    }
    expect(g1(1n)).toEqual(G1_GENERATOR);
    expect(g2(1n)).toEqual(G2_GENERATOR);
  });

  it("C21: coordinates of q and more, points off the curve and the identity are refused", () => {
    const { x: gx, y: gy } = g1(5n);
    const { x: hx, y: hy } = g2(5n);
    for (const bad of [
      { x: gx + q, y: gy },
      { x: gx, y: gy + q },
      { x: gx, y: gy + 1n },
      { x: 0n, y: 0n },
      { x: q, y: q },
      { x: 2n ** 256n - 1n, y: gy },
    ]) {
      expect(codec.readG1(at, g1Bytes(bad), 0)).toBe(false);
    }
    for (const bad of [
      { x: [hx[0] + q, hx[1]], y: hy },
      { x: [hx[0], hx[1] + q], y: hy },
      { x: hx, y: [hy[0] + q, hy[1]] },
      { x: hx, y: [hy[0], hy[1] + q] },
      { x: hx, y: [hy[0], hy[1] ^ 1n] },
      { x: [hx[1], hx[0]], y: hy },
      { x: [0n, 0n], y: [0n, 0n] },
    ] as const) {
      expect(codec.readG2(at, g2Bytes(bad), 0)).toBe(false);
    }
  });

  it("C21: points of the twist outside the subgroup are refused, those of small order too", () => {
    const inSubgroup = (point: ReturnType<typeof twistPoint>): boolean => {
      expect(codec.readTwist(at, g2Bytes(asG2(point)), 0)).toBe(true);
      const verdict = codec.inSubgroupG2(at);
      expect(verdict).toBe(mcl.raw._mclBnG2_isValidOrder(at) === 1);
      expect(codec.readG2(at, g2Bytes(asG2(point)), 0)).toBe(verdict);
      return verdict;
    };
    for (let i = 0n; i < 6n; i++) {
      const any = twistPoint(i * 1000n + 2n);
      expect(inSubgroup(any)).toBe(false);
      const cofactorPart = times(any, r);
      expect(inSubgroup(cofactorPart)).toBe(false);
      expect(inSubgroup(times(any, COFACTOR))).toBe(true);
      for (const factor of [10069n, 5864401n]) {
        const small = times(cofactorPart, COFACTOR / factor);
        if (small.is0()) continue;
        expect(inSubgroup(small)).toBe(false);
        expect(inSubgroup(small.add(bn254.G2.Point.BASE))).toBe(false);
      }
    }
  });

  it("C21: the subgroup check has no other solutions than the subgroup", () => {
    // On the twist ψ² - tψ + q = 0. Reduce f(ψ) = 2xψ³ - xψ² - xψ - (x+1) by it to aψ + b; its kernel has as many points as the norm says, and if
    // that has no factor in common with the cofactor, no point of the cofactor's part is in it.
    const t = 6n * x ** 2n + 1n;
    const c3 = 2n * x;
    const c2 = -x + c3 * t;
    const c1 = -x - c3 * q + c2 * t;
    const c0 = -(x + 1n) - c2 * q;
    const norm = c1 * c1 * q + c1 * c0 * t + c0 * c0;
    const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
    expect(norm % r).toBe(0n);
    expect(gcd(norm, COFACTOR)).toBe(1n);
    expect(q + 1n - t).toBe(r);
    expect(36n * x ** 4n + 36n * x ** 3n + 18n * x ** 2n + 6n * x + 1n).toBe(r);
    expect(COFACTOR % 10069n === 0n && COFACTOR % 5864401n === 0n).toBe(true);
  });

  it("the constants of ψ are powers of 9 + u", () => {
    const { Fp2 } = bn254.fields;
    const xi = { c0: 9n, c1: 1n };
    const power = (e: bigint): bigint[] => {
      const { c0, c1 } = Fp2.pow(xi, e);
      return [c0, c1];
    };
    expect(power((q - 1n) / 3n)).toEqual([...PSI_X]);
    expect(power((q - 1n) / 2n)).toEqual([...PSI_Y]);
  });
});
