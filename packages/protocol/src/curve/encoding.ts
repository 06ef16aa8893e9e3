import { bigIntToBytesLE, bytesToBigIntLE, expectLength } from "../bytes/index.js";
import { SeroError } from "../errors.js";
import { FIELD_ORDER, Fr } from "../field/index.js";
import type { Point } from "./babyjubjub.js";
import { CURVE_A, CURVE_D, isOnCurve } from "./babyjubjub.js";

/** Bytes of an encoded point. */
export const POINT_BYTES = 32;

const HALF = (FIELD_ORDER - 1n) / 2n;

/** 32 bytes: y little-endian, top bit of the last byte set if x > (r-1)/2. Throws curve/not-on-curve. */
export function encodePoint(point: Point): Uint8Array {
  if (!isOnCurve(point)) {
    throw new SeroError("curve/not-on-curve", "Give a point of Baby Jubjub with both coordinates below r.");
  }
  const out = bigIntToBytesLE(point.y, POINT_BYTES);
  if (point.x > HALF) out[31] = (out[31] as number) | 0x80;
  return out;
}

/**
 * The point that 32 bytes encode; the only encoding of a point is the one encodePoint gives. Throws bytes/length,
 * curve/not-canonical (y >= r, or x = 0 with the top bit set), curve/not-on-curve (no such x). Low order is the caller's to refuse.
 */
export function decodePoint(bytes: Uint8Array): Point {
  const copy = Uint8Array.from(expectLength(bytes, POINT_BYTES, "a point"));
  const large = ((copy[31] as number) & 0x80) !== 0;
  copy[31] = (copy[31] as number) & 0x7f;
  const y = bytesToBigIntLE(copy);
  if (y >= FIELD_ORDER) throw new SeroError("curve/not-canonical", "Encode a point's y as an integer below r.");
  const yy = Fr.mul(y, y);
  // a*x^2 + y^2 = 1 + d*x^2*y^2; the divisor is never 0, as a is a square and d is not.
  const xx = Fr.mul(Fr.sub(1n, yy), Fr.inv(Fr.sub(CURVE_A, Fr.mul(CURVE_D, yy))));
  const root = Fr.sqrt(xx);
  if (root === undefined) throw new SeroError("curve/not-on-curve", "These bytes are no point of Baby Jubjub.");
  if (root === 0n && large)
    throw new SeroError("curve/not-canonical", "Encode a point with x = 0 without the top bit.");
  return { x: root > HALF === large ? root : Fr.neg(root), y };
}
