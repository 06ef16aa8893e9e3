import {
  addPoints,
  BASE8,
  bigIntToBytesLE,
  decodePoint,
  IDENTITY,
  isIdentity,
  isLowOrder,
  linearCombination,
  mulBase,
  SUBGROUP_ORDER,
  type Point,
} from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { expectSpendKey, hasLowOrder } from "../../src/index.js";

/** i times a point of order 8, i from 0 to 7: l*P of the first point P that leaves one. */
function lowOrderPoints(): Point[] {
  for (let y = 2n; ; y++) {
    try {
      const point = decodePoint(bigIntToBytesLE(y, 32));
      const torsion = addPoints(linearCombination([{ point, scalar: SUBGROUP_ORDER - 1n }]), point);
      const all = [IDENTITY];
      for (let next = torsion; !isIdentity(next); next = addPoints(next, torsion)) all.push(next);
      if (all.length === 8) return all;
    } catch {
      // no point: the next y
    }
  }
}

describe("B14: spend keys of low order", () => {
  it("are the eight points whose order divides 8, and no others", () => {
    const low = lowOrderPoints();
    for (const point of low) {
      expect(hasLowOrder(point)).toBe(true);
      expect(() => expectSpendKey(point, 0)).toThrow(expect.objectContaining({ code: "tx/rk" }));
    }
    const others = [BASE8, mulBase(77n), ...low.map((point) => addPoints(point, mulBase(5n)))];
    for (const point of others) {
      expect(isLowOrder(point)).toBe(false);
      expect(expectSpendKey(point, 0)).toBe(point);
    }
  });
});
