import { bn254 } from "@noble/curves/bn254.js";
import { SCALAR_FIELD_ORDER as r } from "../../src/verify/constants.js";
import { proofBytes } from "../../src/verify/encoding.js";
import type { G1Point, G2Point, VerifyingKey } from "../../src/types.js";

/** The secrets of a verifying key made here, by an implementation of the curve that the code under test doesn't use. */
export interface Trapdoor {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
  readonly ic: readonly bigint[];
}

const mod = (x: bigint): bigint => ((x % r) + r) % r;

export const g1 = (scalar: bigint): G1Point => {
  const { x, y } = bn254.G1.Point.BASE.multiply(mod(scalar)).toAffine();
  return { x, y };
};

export const g2 = (scalar: bigint): G2Point => {
  const { x, y } = bn254.G2.Point.BASE.multiply(mod(scalar)).toAffine();
  return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
};

/** A trapdoor that is the same in every run. */
export const trapdoor = (inputCount = 3, changes: Partial<Trapdoor> = {}): Trapdoor => ({
  alpha: 1234567n ** 9n % r,
  beta: 7654321n ** 9n % r,
  delta: 9182736n ** 9n % r,
  ic: Array.from({ length: inputCount + 1 }, (_, i) => mod(BigInt(i + 17) ** 60n)),
  ...changes,
});

export const keyOf = (t: Trapdoor): VerifyingKey => ({
  alpha1: g1(t.alpha),
  beta1: g1(t.beta),
  beta2: g2(t.beta),
  gamma2: g2(1n),
  delta1: g1(t.delta),
  delta2: g2(t.delta),
  ic: t.ic.map(g1),
});

/** A proof of any inputs, which the trapdoor's holder can make: c = (ab - alpha beta - L) / delta. `shift` is added to c. */
export function simulate(t: Trapdoor, inputs: readonly bigint[], seed = 5n, shift = 0n): Uint8Array {
  const a = mod(seed * 1000003n + 11n);
  const b = mod(seed * 7000001n + 13n);
  const l = [1n, ...inputs].reduce((sum, x, i) => sum + x * (t.ic[i] ?? 0n), 0n);
  const c = mod((a * b - t.alpha * t.beta - l) * bn254.fields.Fr.inv(t.delta) + shift);
  return proofBytes(g1(a), g2(b), g1(c));
}

/** Some inputs, different for each seed. */
export const inputsFor = (seed: number, count = 3): bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt(seed * 1000 + i) ** 11n % r);

/** A point of the twist that is not in the subgroup, by its first x with a square right-hand side at or after `start`. */
export function twistPoint(start: bigint): InstanceType<typeof bn254.G2.Point> {
  const { Fp2 } = bn254.fields;
  const b = Fp2.div({ c0: 3n, c1: 0n }, { c0: 9n, c1: 1n });
  for (let c0 = start; ; c0++) {
    const x = { c0, c1: 1n };
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      return new bn254.G2.Point(x, y, Fp2.ONE);
    } catch {
      // not a square: the next x
    }
  }
}

/** n*P for any n >= 0: the library refuses scalars of r and more. */
export function times(p: InstanceType<typeof bn254.G2.Point>, n: bigint): InstanceType<typeof bn254.G2.Point> {
  let sum = bn254.G2.Point.ZERO;
  for (const bit of n.toString(2)) {
    sum = sum.double();
    if (bit === "1") sum = sum.add(p);
  }
  return sum;
}

export const asG2 = (p: InstanceType<typeof bn254.G2.Point>): G2Point => {
  const { x, y } = p.toAffine();
  return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
};
