import { bytesToBigIntLE, FIELD_ORDER, SeroError } from "@sero/protocol";
import type { R1cs, SparseMatrix } from "./parse.js";

/** The elements of a binary witness (n times 32 bytes little-endian). Throws circuits/witness-length when the length is no multiple of 32. */
export function witnessElements(witness: Uint8Array): bigint[] {
  if (witness.length % 32 !== 0) {
    throw new SeroError("circuits/witness-length", "A witness has 32 bytes for each wire.", { length: witness.length });
  }
  return Array.from({ length: witness.length / 32 }, (_, i) => bytesToBigIntLE(witness.subarray(32 * i, 32 * i + 32)));
}

/** Row `row` of `matrix` times the witness, in F. */
export function rowProduct(matrix: SparseMatrix, row: number, witness: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = matrix.starts[row] ?? 0; i < (matrix.starts[row + 1] ?? 0); i++) {
    sum += (matrix.coefficients[i] ?? 0n) * (witness[matrix.wires[i] ?? 0] ?? 0n);
  }
  return sum % FIELD_ORDER;
}

/** Whether the witness satisfies constraint `row`. */
export function isSatisfied(r1cs: R1cs, row: number, witness: readonly bigint[]): boolean {
  const product = rowProduct(r1cs.a, row, witness) * rowProduct(r1cs.b, row, witness);
  return (product - rowProduct(r1cs.c, row, witness)) % FIELD_ORDER === 0n;
}

/**
 * The number of the first constraint that the witness violates, undefined if it violates none. The witness has one element below r for
 * each wire, and 1 for the constant.
 */
export function violatedConstraint(r1cs: R1cs, witness: readonly bigint[]): number | undefined {
  if (witness.length !== r1cs.wires || witness[0] !== 1n) {
    throw new SeroError("circuits/witness-length", "A witness has one element for each wire, the first of them 1.", {
      wires: r1cs.wires,
      elements: witness.length,
    });
  }
  for (let row = 0; row < r1cs.constraints; row++) if (!isSatisfied(r1cs, row, witness)) return row;
  return undefined;
}
