import { Fr } from "@sero/protocol";
import type { R1cs, SparseMatrix } from "../../src/index.js";

/**
 * What an R1CS alone says about its wires once some are given. Only consequences are drawn, by rules that leave no choice, so
 * - `contradiction`: no witness whatsoever has these wires; not even one that a cheating prover makes up,
 * - `unique`: exactly one witness has them,
 * - `open`: neither was found; `unknown` are the wires left.
 */
export type Deduction =
  | { readonly kind: "contradiction"; readonly row: number }
  | { readonly kind: "unique"; readonly wires: readonly bigint[] }
  | { readonly kind: "open"; readonly unknown: readonly number[] };

type Term = readonly [wire: number, coefficient: bigint];

/** A constraint A*B = C. */
interface Row {
  readonly a: readonly Term[];
  readonly b: readonly Term[];
  readonly c: readonly Term[];
}

/** A side over the wires that are not known. */
interface Form {
  readonly constant: bigint;
  readonly weights: ReadonlyMap<number, bigint>;
}

type Conclusion = readonly (readonly [wire: number, value: bigint])[] | "contradiction";

/** Prepares an R1CS; the function draws all conclusions from given wires (the constant is added), without the constraints in `omit`. */
export function openDeduction(
  r1cs: R1cs,
): (given: ReadonlyMap<number, bigint>, omit?: ReadonlySet<number>) => Deduction {
  const rows = Array.from({ length: r1cs.constraints }, (_, i): Row => ({
    a: terms(r1cs.a, i),
    b: terms(r1cs.b, i),
    c: terms(r1cs.c, i),
  }));
  const rowsOf = Array.from({ length: r1cs.wires }, () => [] as number[]);
  const wiresIn = rows.map(({ a, b, c }, i) => {
    const wires = new Set([...a, ...b, ...c].map(([wire]) => wire));
    for (const wire of wires) rowsOf[wire]?.push(i);
    return wires.size;
  });
  const bits = booleanWires(rows);

  return (given, omit = new Set()) => {
    const known = new Map<number, bigint>();
    const unknownIn = Uint32Array.from(wiresIn);
    const queue = new Set<number>();
    const learn = (wire: number, value: bigint): boolean => {
      const before = known.get(wire);
      if (before !== undefined) return before === value;
      known.set(wire, value);
      for (const row of rowsOf[wire] ?? []) {
        const left = (unknownIn[row] ?? 0) - 1;
        unknownIn[row] = left;
        // Two unknown wires: one may have the weight 0 here. More: only a sum of bits can say something, and not before the number is known.
        if (left <= 2 || !bits.has(wire)) queue.add(row);
      }
      return true;
    };
    for (const [wire, value] of [[0, 1n] as const, ...given]) if (!learn(wire, value)) throw new Error("given twice");
    for (const next of queue) {
      queue.delete(next);
      const row = rows[next];
      if (row === undefined || omit.has(next)) continue;
      if ((unknownIn[next] ?? 0) > 2 && row.a.length > 0 && row.b.length > 0) continue;
      const found = conclude(row, known, bits);
      if (found === "contradiction") return { kind: "contradiction", row: next };
      for (const [wire, value] of found) if (!learn(wire, value)) return { kind: "contradiction", row: next };
    }
    const unknown = rowsOf.flatMap((_, wire) => (known.has(wire) ? [] : [wire]));
    if (unknown.length > 0) return { kind: "open", unknown };
    return { kind: "unique", wires: rowsOf.map((_, wire) => known.get(wire) ?? 0n) };
  };
}

function terms(matrix: SparseMatrix, row: number): Term[] {
  const found: Term[] = [];
  for (let i = matrix.starts[row] ?? 0; i < (matrix.starts[row + 1] ?? 0); i++) {
    found.push([matrix.wires[i] ?? 0, matrix.coefficients[i] ?? 0n]);
  }
  return found;
}

function reduce(side: readonly Term[], known: ReadonlyMap<number, bigint>): Form {
  const weights = new Map<number, bigint>();
  let constant = 0n;
  for (const [wire, weight] of side) {
    const value = known.get(wire);
    if (value === undefined) weights.set(wire, weight);
    else constant += weight * value;
  }
  return { constant: Fr.reduce(constant), weights };
}

/** What one constraint says about wires that are not known. */
function conclude(row: Row, known: ReadonlyMap<number, bigint>, bits: ReadonlySet<number>): Conclusion {
  const a = reduce(row.a, known);
  const b = reduce(row.b, known);
  const [factor, other] = a.weights.size === 0 ? [a, b] : [b, a];
  if (factor.weights.size > 0) return [];
  // With the factor known, C - factor*other = 0 is linear.
  const c = reduce(row.c, known);
  const weights = new Map(c.weights);
  if (factor.constant !== 0n) {
    for (const [wire, weight] of other.weights) {
      const sum = Fr.sub(weights.get(wire) ?? 0n, Fr.mul(factor.constant, weight));
      if (sum === 0n) weights.delete(wire);
      else weights.set(wire, sum);
    }
  }
  const equation = { constant: Fr.sub(c.constant, Fr.mul(factor.constant, other.constant)), weights };
  const [first] = weights;
  if (first === undefined) return equation.constant === 0n ? [] : "contradiction";
  if (weights.size === 1) return [[first[0], Fr.mul(Fr.neg(equation.constant), Fr.inv(first[1]))]];
  return expand(equation, bits);
}

/** Wires that some constraint w*(w - 1) = 0 makes bits. */
function booleanWires(rows: readonly Row[]): ReadonlySet<number> {
  const bits = new Set<number>();
  for (const { a, b, c } of rows) {
    const [wire, ...others] = [...a, ...b].filter(([w]) => w !== 0).map(([w]) => w);
    if (c.length > 0 || wire === undefined || others.length !== 1 || others[0] !== wire) continue;
    const roots = [a, b].map((side) => {
      const constant = side.find(([w]) => w === 0)?.[1] ?? 0n;
      const weight = side.find(([w]) => w === wire)?.[1];
      return weight === undefined ? undefined : Fr.mul(Fr.neg(constant), Fr.inv(weight));
    });
    if (roots.includes(0n) && roots.includes(1n)) bits.add(wire);
  }
  return bits;
}

/** If the equation is v = sum of 2^i*b_i over n bits, 2^n < r: v is below 2^n, and there is one way to write it in binary. */
function expand({ constant, weights }: Form, bits: ReadonlySet<number>): Conclusion {
  const n = weights.size;
  if (n > 253 || ![...weights.keys()].every((wire) => bits.has(wire))) return [];
  const powers = new Map(Array.from({ length: n }, (_, i) => [1n << BigInt(i), i] as const));
  for (const unit of new Set(weights.values())) {
    const perUnit = Fr.inv(unit);
    const places = [...weights].map(([wire, weight]) => [wire, powers.get(Fr.mul(weight, perUnit))] as const);
    if (new Set(places.map(([, place]) => place)).size !== n || places.some(([, place]) => place === undefined))
      continue;
    const value = Fr.mul(Fr.neg(constant), perUnit);
    if (value >> BigInt(n) !== 0n) return "contradiction";
    return places.map(([wire, place]) => [wire, (value >> BigInt(place ?? 0)) & 1n] as const);
  }
  return [];
}
