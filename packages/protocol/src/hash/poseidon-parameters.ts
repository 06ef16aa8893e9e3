import { grainGenConstants } from "@noble/curves/abstract/poseidon.js";
import { Field } from "@noble/curves/abstract/modular.js";
import { FIELD_ORDER, Fr } from "../field/index.js";

/** Full rounds, half of them before and half after the partial ones. */
export const FULL_ROUNDS = 8;
/** Partial rounds for t = 2..6 (circomlib's table: the paper's, rounded up to a multiple of t by its script). */
export const PARTIAL_ROUNDS: Readonly<Record<number, number>> = { 2: 56, 3: 57, 4: 56, 5: 60, 6: 60 };

type Matrix = readonly (readonly bigint[])[];

/** Poseidon's parameters for one width, as in the paper. Row i of `mds` makes element i of the new state. */
export interface PoseidonParameters {
  readonly t: number;
  readonly partialRounds: number;
  /** One row of t constants a round, added before the S-box. */
  readonly roundConstants: Matrix;
  readonly mds: Matrix;
}

/** A partial round after the rewriting: x0 = x0^5 + constant; x0' = row . x; xi' = column_i * x0 + xi. */
export interface SparseRound {
  readonly constant: bigint;
  readonly row: readonly bigint[];
  /** Index 0 is unused. */
  readonly column: readonly bigint[];
}

/** The same permutation with one sparse matrix a partial round: about a fifth of the multiplications at t = 6. */
export interface FastParameters extends PoseidonParameters {
  /** Takes the place of `mds` in the last full round before the partial ones. */
  readonly preSparse: Matrix;
  /** Added to the state before the first partial round. */
  readonly preConstants: readonly bigint[];
  readonly sparse: readonly SparseRound[];
}

/**
 * Parameters for width t (2..6): round constants and Cauchy matrix from the paper's Grain LFSR (field 1, S-box 0, 254 bits, t, 8,
 * partial rounds), which are the numbers printed in circomlib (a test compares them). Source: eprint.iacr.org/2019/458, appendix F.
 */
export function poseidonParameters(t: number): PoseidonParameters {
  const partialRounds = PARTIAL_ROUNDS[t];
  if (partialRounds === undefined) throw new RangeError(`Poseidon is defined here for widths 2 to 6, not ${t}`);
  const { roundConstants, mds } = grainGenConstants({
    Fp: Field(FIELD_ORDER),
    t,
    roundsFull: FULL_ROUNDS,
    roundsPartial: partialRounds,
    sboxPower: 5,
  });
  return { t, partialRounds, roundConstants, mds };
}

/**
 * Rewrites the partial rounds. Constants: what is added to elements 1.. of a partial round commutes with its S-box, so it moves back
 * through the matrix before it; only element 0 keeps one, after its S-box. Matrices: M = B * D with D = diag(1, M without its first row
 * and column) and B sparse; D commutes with the S-box and joins the matrix of the round before. Source: paper, appendix B.
 */
export function fastParameters(plain: PoseidonParameters): FastParameters {
  const { t, partialRounds, roundConstants, mds } = plain;
  const first = FULL_ROUNDS / 2;
  const inverse = invert(mds);
  const constants: bigint[] = new Array<bigint>(partialRounds).fill(0n);
  let moving = roundConstants[first + partialRounds - 1] as readonly bigint[];
  for (let i = partialRounds - 2; i >= 0; i--) {
    const back = times(inverse, moving);
    constants[i] = back[0] as bigint;
    const own = roundConstants[first + i] as readonly bigint[];
    moving = own.map((c, k) => (k === 0 ? c : Fr.add(c, back[k] as bigint)));
  }
  const sparse: SparseRound[] = [];
  let matrix = mds;
  for (let i = partialRounds - 1; i >= 0; i--) {
    const dense = matrix.slice(1).map((row) => row.slice(1));
    const [corner, ...top] = matrix[0] as readonly bigint[];
    const row = [corner as bigint, ...times(transpose(invert(dense)), top)];
    sparse.unshift({ constant: constants[i] as bigint, row, column: matrix.map((r) => r[0] as bigint) });
    const diagonal = [[1n, ...new Array<bigint>(t - 1).fill(0n)], ...dense.map((r) => [0n, ...r])];
    matrix = i > 0 ? product(diagonal, mds) : diagonal;
  }
  return { ...plain, preSparse: product(matrix, mds), preConstants: times(matrix, moving), sparse };
}

function times(matrix: Matrix, vector: readonly bigint[]): bigint[] {
  return matrix.map((row) => Fr.reduce(row.reduce((sum, m, k) => sum + m * (vector[k] as bigint), 0n)));
}

function transpose(matrix: Matrix): bigint[][] {
  return matrix.map((_, i) => matrix.map((row) => row[i] as bigint));
}

function product(a: Matrix, b: Matrix): bigint[][] {
  const columns = transpose(b);
  return a.map((row) => times(columns, row));
}

/** Inverse by Gauss-Jordan. The matrices here are Cauchy ones and products of them, never singular. */
function invert(matrix: Matrix): bigint[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, k) => (k === i ? 1n : 0n))]);
  for (let c = 0; c < n; c++) {
    const pivot = rows.findIndex((row, i) => i >= c && row[c] !== 0n);
    [rows[c], rows[pivot]] = [rows[pivot] as bigint[], rows[c] as bigint[]];
    const scale = Fr.inv((rows[c] as bigint[])[c] as bigint);
    const lead = (rows[c] as bigint[]).map((x) => Fr.mul(x, scale));
    rows[c] = lead;
    for (let i = 0; i < n; i++) {
      const factor = (rows[i] as bigint[])[c] as bigint;
      if (i === c || factor === 0n) continue;
      rows[i] = (rows[i] as bigint[]).map((x, k) => Fr.sub(x, Fr.mul(factor, lead[k] as bigint)));
    }
  }
  return rows.map((row) => row.slice(n));
}
