import { Field as makeField } from "@noble/curves/abstract/modular.js";
import { bigIntToBytes, bytesToBigInt, expectLength } from "../bytes/index.js";
import { SeroError } from "../errors.js";

/** r: the order of BN254's groups, the prime of the field that circuits compute in. 254 bits. */
export const FIELD_ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n;

const field = makeField(FIELD_ORDER);

/** Arithmetic modulo r on canonical elements (0 <= x < r). */
export const Fr = {
  add: (a: bigint, b: bigint): bigint => (a + b) % FIELD_ORDER,
  sub: (a: bigint, b: bigint): bigint => (a >= b ? a - b : a - b + FIELD_ORDER),
  mul: (a: bigint, b: bigint): bigint => (a * b) % FIELD_ORDER,
  neg: (a: bigint): bigint => (a === 0n ? 0n : FIELD_ORDER - a),
  /** a^exponent, exponent >= 0. */
  pow: (a: bigint, exponent: bigint): bigint => field.pow(a, exponent),
  /** 1/a. Throws field/zero for 0. */
  inv: (a: bigint): bigint => {
    if (a === 0n) throw new SeroError("field/zero", "0 has no inverse.");
    return field.inv(a);
  },
  /** One of the two square roots (which one is unspecified), or undefined if `a` is not a square. */
  sqrt: (a: bigint): bigint | undefined => {
    if (a === 0n) return 0n;
    if (field.pow(a, (FIELD_ORDER - 1n) / 2n) !== 1n) return undefined;
    return field.sqrt(a);
  },
  /** Any integer, negative ones too, reduced to 0 <= x < r. */
  reduce: (a: bigint): bigint => {
    const rest = a % FIELD_ORDER;
    return rest < 0n ? rest + FIELD_ORDER : rest;
  },
} as const;

/** Whether 0 <= x < r. */
export function isField(x: bigint): boolean {
  return x >= 0n && x < FIELD_ORDER;
}

/** 32 bytes, big-endian. Throws field/not-canonical unless 0 <= x < r. */
export function fieldToBytes(x: bigint): Uint8Array {
  return bigIntToBytes(expectField(x, "a field element"), 32);
}

/** The element that 32 big-endian bytes encode. Throws bytes/length, or field/not-canonical if it is r or more (attack A6). */
export function fieldFromBytes(bytes: Uint8Array): bigint {
  return expectField(bytesToBigInt(expectLength(bytes, 32, "a field element")), "a field element");
}

/** `x` itself. Throws field/not-canonical, naming `what`, unless 0 <= x < r. */
export function expectField(x: bigint, what: string): bigint {
  if (!isField(x)) {
    throw new SeroError("field/not-canonical", `Give ${what} as an integer from 0 to r - 1.`, { what });
  }
  return x;
}
