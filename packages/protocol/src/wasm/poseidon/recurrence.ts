import { FIELD_ORDER, Fr } from "../../field/index.js";
import { FULL_ROUNDS } from "../../hash/poseidon-parameters.js";
import type { PoseidonParameters } from "../../hash/poseidon-parameters.js";

type Vector = readonly bigint[];
type Matrix = readonly Vector[];

/**
 * The partial rounds of Poseidon as a linear recurrence.
 *
 * In a partial round only element 0 passes the S-box, so seen from there the other elements are a linear filter: with y_r what
 * enters the S-box in round r and x_r = y_r^5 what leaves it,
 *
 *     y_r = sum over k = 1..t-1 of a_k y_{r-k} + sum over k = 1..t of b_k x_{r-k} + constant_r,
 *
 * where a_k come from the characteristic polynomial of A = M with its first column zeroed (Cayley and Hamilton; A is singular,
 * hence only t-1 of them). That is 2t-1 products and ONE reduction a round; the usual sparse matrices need 2t-1 products
 * and t reductions. The history before round 0 is chosen, linearly in the state, so that the recurrence yields the right rounds.
 */
export interface PoseidonRecurrence {
  readonly t: number;
  readonly partialRounds: number;
  readonly mds: Matrix;
  /** Constants added before the S-boxes of the full rounds: 0..3, then 4..7; the latter's first are inside `exit`. */
  readonly fullConstants: Matrix;
  /** From the S-boxes' outputs in the last full round before the partial ones to the history (y_-1 .. y_-(t-1), x_-1). */
  readonly entry: Matrix;
  readonly entryConstants: Vector;
  /** (a_1 .. a_{t-1}, b_1 .. b_t) */
  readonly coefficients: Vector;
  readonly constants: Vector;
  /** From the history after the last partial round (y_{P-1} .. , x_{P-1} .. ) to the state before the next full round. */
  readonly exit: Matrix;
  readonly exitConstants: Vector;
}

/** Rewrites plain Poseidon parameters. A few milliseconds of bigint arithmetic. */
export function poseidonRecurrence({ t, partialRounds, mds, roundConstants }: PoseidonParameters): PoseidonRecurrence {
  const half = FULL_ROUNDS / 2;
  const A = mds.map((row) => row.map((m, j) => (j === 0 ? 0n : m)));
  const b = mds.map((row) => row[0]!);
  const a = [...characteristic(A).slice(0, t - 1)];

  // free[k] = e0 * A^k (row), response[k] = e0 * A^(k-1) * b: what the state and an earlier x add to y after k rounds.
  const free: Vector[] = [unit(t, 0)];
  for (let k = 1; k < 2 * t; k++) free.push(rowTimes(free[k - 1]!, A));
  const response = (k: number): bigint => (k < 1 ? 0n : dot(free[k - 1]!, b));
  const bCoefficients = range(t).map((i) => {
    const k = i + 1;
    return Fr.reduce(response(k) - a.reduce((sum, ai, j) => sum + ai * response(k - j - 1), 0n));
  });

  // The state's constant part runs through the rounds by itself: c_{r+1} = A c_r + roundConstants. y_r includes c_r[0].
  const drift: Vector[] = [range(t).map(() => 0n)];
  for (let r = 1; r <= partialRounds; r++) {
    drift.push(add(times(A, drift[r - 1]!), roundConstants[half + r]!));
  }
  const shift = (r: number): bigint => (r < 0 ? 0n : drift[r]![0]!);
  const constants = range(partialRounds).map((r) =>
    Fr.reduce(shift(r) - a.reduce((sum, ai, j) => sum + ai * shift(r - j - 1), 0n)),
  );

  // y_j for j < t, as the recurrence sees it from a history h = (y_-1 .. y_-(t-1), x_-1), must be free[j] * state.
  const fromHistory = range(t).map((j) =>
    range(t).map((i) => (i < t - 1 ? freeOf(a, j, i) : responseOf(a, bCoefficients, j))),
  );
  const toHistory = multiply(invertMatrix(fromHistory), free.slice(0, t));

  // After the last round: y_P, y_{P+1}, .. with no further x are free[j] * (state without its drift).
  const size = 2 * t - 1;
  const futures: Vector[] = [];
  for (let j = 0; j < t; j++) {
    const row = range(size).map((i) => coefficientAhead(a, bCoefficients, i, j));
    for (let k = 1; k <= Math.min(j, t - 1); k++)
      futures[j - k]!.forEach((m, i) => (row[i] = Fr.add(row[i]!, Fr.mul(a[k - 1]!, m))));
    futures.push(row);
  }
  const fromFutures = invertMatrix(free.slice(0, t));
  // The y of the history contain their drift, which the recurrence would carry on: take that out again.
  const history = range(size).map((i) => (i < t - 1 ? shift(partialRounds - 1 - i) : 0n));
  const exit = multiply(fromFutures, futures);
  const exitConstants = add(drift[partialRounds]!, times(exit, history).map(Fr.neg));

  return {
    ...{ t, partialRounds, mds, coefficients: [...a, ...bCoefficients], constants, exit, exitConstants },
    fullConstants: [...roundConstants.slice(0, half), ...roundConstants.slice(half + partialRounds)],
    entry: multiply(toHistory, mds),
    entryConstants: times(toHistory, roundConstants[half]!),
  };
}

/** What y_{-1-i} alone contributes to y_j, j >= 0, through the recurrence. */
function freeOf(a: Vector, j: number, i: number): bigint {
  const y: bigint[] = [];
  for (let n = 0; n <= j; n++) {
    const direct = a[n + i] ?? 0n; // y_{n-k} = y_{-1-i} for k = n + i + 1
    y.push(Fr.reduce(direct + range(n).reduce((sum, m) => sum + (a[n - m - 1] ?? 0n) * y[m]!, 0n)));
  }
  return y[j]!;
}

/** What x_{-1} alone contributes to y_j. */
function responseOf(a: Vector, b: Vector, j: number): bigint {
  const y: bigint[] = [];
  for (let n = 0; n <= j; n++) {
    y.push(Fr.reduce((b[n] ?? 0n) + range(n).reduce((sum, m) => sum + (a[n - m - 1] ?? 0n) * y[m]!, 0n)));
  }
  return y[j]!;
}

/** The coefficient of history entry i in y_{P+j}, apart from what comes by way of y_P .. y_{P+j-1}. */
function coefficientAhead(a: Vector, b: Vector, i: number, j: number): bigint {
  return (i < a.length ? a[i + j] : b[i - a.length + j]) ?? 0n;
}

/** (c_1, .., c_t) with A^t = c_1 A^(t-1) + .. + c_t, by Faddeev and LeVerrier. */
function characteristic(A: Matrix): bigint[] {
  const t = A.length;
  let N: bigint[][] = A.map((row) => [...row]);
  const out: bigint[] = [];
  for (let k = 1; k <= t; k++) {
    const trace = N.reduce((sum, row, i) => sum + row[i]!, 0n);
    const c = Fr.mul(Fr.reduce(trace), Fr.inv(BigInt(k)));
    out.push(c);
    N = multiply(
      A,
      N.map((row, i) => row.map((m, j) => (i === j ? Fr.sub(m, c) : m))),
    );
  }
  return out;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const unit = (t: number, at: number): bigint[] => range(t).map((i) => (i === at ? 1n : 0n));
const dot = (a: Vector, b: Vector): bigint => a.reduce((sum, x, i) => sum + x * b[i]!, 0n) % FIELD_ORDER;
const add = (a: Vector, b: Vector): bigint[] => a.map((x, i) => Fr.add(x, b[i]!));
const times = (m: Matrix, v: Vector): bigint[] => m.map((row) => dot(row, v));
const rowTimes = (v: Vector, m: Matrix): bigint[] =>
  m[0]!.map((_, j) =>
    dot(
      v,
      m.map((row) => row[j]!),
    ),
  );
const multiply = (a: Matrix, b: Matrix): bigint[][] => a.map((row) => rowTimes(row, b));

/** Gauss and Jordan. Throws field/zero if singular. */
function invertMatrix(m: Matrix): bigint[][] {
  const n = m.length;
  const rows = m.map((row, i) => [...row, ...unit(n, i)]);
  for (let c = 0; c < n; c++) {
    const pivot = Math.max(
      c,
      rows.findIndex((row, i) => i >= c && row[c] !== 0n),
    );
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const scale = Fr.inv(rows[c]![c]!);
    rows[c] = rows[c]!.map((x) => Fr.mul(x, scale));
    rows.forEach((row, i) => {
      const factor = row[c]!;
      if (i !== c && factor !== 0n) rows[i] = row.map((x, j) => Fr.sub(x, Fr.mul(factor, rows[c]![j]!)));
    });
  }
  return rows.map((row) => row.slice(n));
}
