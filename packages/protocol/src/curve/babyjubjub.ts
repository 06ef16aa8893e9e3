import type { EdwardsPoint } from "@noble/curves/abstract/edwards.js";
import { edwards } from "@noble/curves/abstract/edwards.js";
import { SeroError } from "../errors.js";
import { FIELD_ORDER, Fr, isField } from "../field/index.js";

/** A point of Baby Jubjub in affine coordinates, each a field element. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** Baby Jubjub (EIP-2494): CURVE_A x^2 + y^2 = 1 + CURVE_D x^2 y^2 over F. */
export const CURVE_A = 168700n;
/** See CURVE_A. A non-square, so that the addition law is complete. */
export const CURVE_D = 168696n;
/** l: the prime order of B8. 251 bits; the curve has 8*l points. */
export const SUBGROUP_ORDER = 0x060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1n;
/** B8 = 8 * generator: EIP-2494's base point of order l. */
export const BASE8: Point = {
  x: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  y: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
};
/** The neutral element. */
export const IDENTITY: Point = { x: 0n, y: 1n };

const Curve = edwards({
  p: FIELD_ORDER,
  n: SUBGROUP_ORDER,
  h: 8n,
  a: CURVE_A,
  d: CURVE_D,
  Gx: BASE8.x,
  Gy: BASE8.y,
});

function lift(point: Point): EdwardsPoint {
  if (!isOnCurve(point)) {
    throw new SeroError("curve/not-on-curve", "Give a point of Baby Jubjub with both coordinates below r.");
  }
  return isIdentity(point) ? Curve.ZERO : Curve.fromAffine({ x: point.x, y: point.y });
}

function lower(point: EdwardsPoint): Point {
  const { x, y } = point.toAffine();
  return { x, y };
}

/** Whether both coordinates are canonical and satisfy the curve's equation. */
export function isOnCurve({ x, y }: Point): boolean {
  if (!isField(x) || !isField(y)) return false;
  const xx = Fr.mul(x, x);
  const yy = Fr.mul(y, y);
  return (CURVE_A * xx + yy) % FIELD_ORDER === (1n + CURVE_D * Fr.mul(xx, yy)) % FIELD_ORDER;
}

/** Whether it is (0, 1). */
export function isIdentity({ x, y }: Point): boolean {
  return x === 0n && y === 1n;
}

/** Whether both are one point. */
export function equalPoints(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

/** a + b. Throws curve/not-on-curve. */
export function addPoints(a: Point, b: Point): Point {
  return lower(lift(a).add(lift(b)));
}

/** -p. */
export function negatePoint(p: Point): Point {
  return { x: Fr.neg(p.x), y: p.y };
}

/** scalar * p for 0 <= scalar < l and any p on the curve. Not for secret scalars. Throws curve/scalar, curve/not-on-curve. */
export function mulPoint(p: Point, scalar: bigint): Point {
  return lower(lift(p).multiplyUnsafe(expectScalar(scalar)));
}

/** scalar * B8 for 0 <= scalar < l, by a ladder whose steps do not depend on the scalar. Throws curve/scalar. */
export function mulBase(scalar: bigint): Point {
  if (expectScalar(scalar) === 0n) return IDENTITY;
  return lower(Curve.BASE.multiply(scalar));
}

/** 8 * p. Throws curve/not-on-curve. */
export function mulByCofactor(p: Point): Point {
  return lower(lift(p).clearCofactor());
}

/** Whether 8*p is the identity: p is one of the 8 points of small order. Throws curve/not-on-curve. */
export function isLowOrder(p: Point): boolean {
  return isIdentity(mulByCofactor(p));
}

/** Whether l*p is the identity. Throws curve/not-on-curve. */
export function isInSubgroup(p: Point): boolean {
  return lift(p).isTorsionFree();
}

/** Sum of scalar * point, 0 <= scalar < l, points anywhere on the curve. Not for secrets. */
export function linearCombination(terms: readonly { readonly point: Point; readonly scalar: bigint }[]): Point {
  let sum = Curve.ZERO;
  for (const { point, scalar } of terms) sum = sum.add(lift(point).multiplyUnsafe(expectScalar(scalar)));
  return lower(sum);
}

function expectScalar(scalar: bigint): bigint {
  if (scalar < 0n || scalar >= SUBGROUP_ORDER) {
    throw new SeroError("curve/scalar", "Give a scalar from 0 to l - 1.");
  }
  return scalar;
}
