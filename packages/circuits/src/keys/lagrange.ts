import { FIELD_ORDER, Fr } from "@sero/protocol";

/** The smallest non-square of F; the roots of unity of snarkjs are powers of it. */
const NON_SQUARE = 5n;

/** The 2^power-th root of unity that snarkjs uses: w_28 = 5^((r-1)/2^28), w_i = w_{i+1}^2. 0 <= power <= 28. */
export const rootOfUnity = (power: number): bigint => Fr.pow(NON_SQUARE, (FIELD_ORDER - 1n) >> BigInt(power));

/** The inverses of all `values`, none of which is 0, at the price of one inversion (Montgomery's trick). */
export function invertAll(values: readonly bigint[]): bigint[] {
  const before: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    before.push(product);
    product = Fr.mul(product, value);
  }
  let inverse = Fr.inv(product);
  const inverses = new Array<bigint>(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = Fr.mul(inverse, before[i] ?? 0n);
    inverse = Fr.mul(inverse, values[i] ?? 0n);
  }
  return inverses;
}

/**
 * The Lagrange basis of the 2^power-th roots of unity at `point`: element j is the polynomial that is 1 at w^j and 0 at the other roots,
 * L_j(x) = (x^n - 1)/n * w^j/(x - w^j). `point` must not be one of the roots.
 */
export function lagrangeBasis(power: number, point: bigint): bigint[] {
  const size = 2 ** power;
  const root = rootOfUnity(power);
  const roots: bigint[] = [1n];
  for (let j = 1; j < size; j++) roots.push(Fr.mul(roots[j - 1] ?? 0n, root));
  const common = Fr.mul(Fr.sub(Fr.pow(point, BigInt(size)), 1n), Fr.inv(BigInt(size)));
  const inverses = invertAll(roots.map((w) => Fr.sub(point, w)));
  return roots.map((w, j) => Fr.mul(Fr.mul(common, w), inverses[j] ?? 0n));
}
