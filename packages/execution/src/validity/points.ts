import { FIELD_ORDER, Fr, isLowOrder, SeroError, type Point } from "@sero/protocol";

/** Decodes many Baby Jubjub points of 32 bytes each; undefined where the bytes are not the canonical encoding of a point. */
export type PointDecoder = (encodings: readonly Uint8Array[]) => readonly (Point | undefined)[];

/**
 * A bundle's `rk` as a point, which must be canonical, on the curve and not of low order: under such a key anybody could sign
 * (attack A14).
 *
 * @throws SeroError `tx/rk`
 */
export function expectSpendKey(point: Point | undefined, bundle: number): Point {
  if (point === undefined) {
    throw new SeroError("tx/rk", "The rk of a bundle is not the canonical encoding of a point on Baby Jubjub.", {
      bundle,
    });
  }
  if (hasLowOrder(point)) throw new SeroError("tx/rk", "The rk of a bundle has low order.", { bundle });
  return point;
}

/**
 * Whether 8*p is the identity. Points of order 1, 2 and 4 have x = 0 or y = 0; those of order 8 double to ones with y = 0, where
 * y^2 = a x^2 (the numerator of the doubling's y). Equal to `isLowOrder`, without its inversion.
 */
export function hasLowOrder(point: Point): boolean {
  if (point.x === 0n || point.y === 0n) return true;
  return Fr.mul(point.y, point.y) === (168700n * Fr.mul(point.x, point.x)) % FIELD_ORDER && isLowOrder(point);
}
