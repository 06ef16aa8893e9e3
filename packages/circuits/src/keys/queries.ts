import { FIELD_ORDER, Fr } from "@sero/protocol";
import type { R1cs, SparseMatrix } from "../r1cs/index.js";
import type { SetupSecrets } from "./constants.js";
import { lagrangeBasis } from "./lagrange.js";

/** The discrete logarithms of a Groth16 key's points (Groth 2016, section 3.2), one a wire unless said otherwise. */
export interface KeyScalars {
  /** log2 of the domain's size. */
  readonly power: number;
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
  /** (beta*a + alpha*b + c)/gamma of the constant and the public wires; gamma = 1. */
  readonly ic: readonly bigint[];
  /** (beta*a + alpha*b + c)/delta of the other wires. */
  readonly c: readonly bigint[];
  /** One for each element of the domain, in snarkjs's basis; see `oddBasis`. */
  readonly h: readonly bigint[];
}

/** log2 of the domain: the smallest power of two that holds all constraints, one more for each public wire and one for the constant. */
export function domainPower(r1cs: R1cs): number {
  const rows = r1cs.constraints + r1cs.publicInputs + 1;
  let power = 1;
  while (2 ** power < rows) power++;
  return power;
}

/** The polynomials of all wires at tau, scaled as a key holds them. */
export function keyScalars(r1cs: R1cs, secrets: SetupSecrets): KeyScalars {
  const { tau, alpha, beta, delta } = secrets;
  const power = domainPower(r1cs);
  const basis = lagrangeBasis(power, tau);

  const a = columnsAt(r1cs.a, r1cs, basis);
  // A row w_i * 0 = 0 for each public wire and the constant makes their polynomials independent; without it the public inputs of a proof
  // could be exchanged for others (snarkjs and libsnark do the same).
  for (let wire = 0; wire <= r1cs.publicInputs; wire++) {
    a[wire] = Fr.add(a[wire] ?? 0n, basis[r1cs.constraints + wire] ?? 0n);
  }
  const b = columnsAt(r1cs.b, r1cs, basis);
  const c = columnsAt(r1cs.c, r1cs, basis);

  const perDelta = Fr.inv(delta);
  const mixed = a.map((x, wire) => (beta * x + alpha * (b[wire] ?? 0n) + (c[wire] ?? 0n)) % FIELD_ORDER);
  return {
    power,
    a,
    b,
    ic: mixed.slice(0, r1cs.publicInputs + 1),
    c: mixed.slice(r1cs.publicInputs + 1).map((x) => Fr.mul(x, perDelta)),
    h: oddBasis(power, tau).map((x) => Fr.mul(x, perDelta)),
  };
}

/** For each wire the sum over all rows of coefficient * basis[row]: the wire's polynomial at tau. */
function columnsAt(matrix: SparseMatrix, r1cs: R1cs, basis: readonly bigint[]): bigint[] {
  const sums = new Array<bigint>(r1cs.wires).fill(0n);
  for (let row = 0; row < r1cs.constraints; row++) {
    const weight = basis[row] ?? 0n;
    for (let i = matrix.starts[row] ?? 0; i < (matrix.starts[row + 1] ?? 0); i++) {
      const wire = matrix.wires[i] ?? 0;
      // Reduced at the end only: a wire's sum stays below rows * r^2.
      sums[wire] = (sums[wire] ?? 0n) + weight * (matrix.coefficients[i] ?? 0n);
    }
  }
  return sums.map((sum) => sum % FIELD_ORDER);
}

/**
 * snarkjs evaluates A*B - C, which has degree below 2n and vanishes on the n-th roots of unity, at the other n of the 2n-th roots, the odd
 * powers. Its value at tau, which is h(tau)*Z(tau), is therefore the sum of those values times the odd half of the Lagrange basis of size 2n.
 */
function oddBasis(power: number, tau: bigint): bigint[] {
  return lagrangeBasis(power + 1, tau).filter((_, i) => i % 2 === 1);
}
