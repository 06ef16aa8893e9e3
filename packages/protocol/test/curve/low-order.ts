import type { Point } from "../../src/index.js";
import {
  Fr,
  IDENTITY,
  SUBGROUP_ORDER,
  addPoints,
  isIdentity,
  linearCombination,
  decodePoint,
  bigIntToBytesLE,
} from "../../src/index.js";

/** l * P, which leaves the part of small order of P. */
function torsionPart(point: Point): Point {
  return addPoints(linearCombination([{ point, scalar: SUBGROUP_ORDER - 1n }]), point);
}

/** The eight points whose order divides 8, found by search and not from a table. */
export const LOW_ORDER_POINTS: readonly Point[] = (() => {
  for (let y = 2n; ; y++) {
    let candidate: Point;
    try {
      candidate = torsionPart(decodePoint(bigIntToBytesLE(y, 32)));
    } catch {
      continue;
    }
    const multiples: Point[] = [IDENTITY];
    for (let next = candidate; !isIdentity(next); next = addPoints(next, candidate)) multiples.push(next);
    if (multiples.length === 8) return multiples;
  }
})();

/** -1 in the field: the y of the point of order 2. */
export const MINUS_ONE = Fr.neg(1n);
