import { i32 } from "../emitter/index.js";
import type { Body, Code, I32, Local } from "../emitter/index.js";
import type { Lanes } from "./lanes.js";

type LaneType = "i64" | "v128";

/** The columns of a product: column k collects what weighs 2^(29k). */
export interface Columns<T extends LaneType> {
  has(k: number): boolean;
  get(k: number): Code<T>;
  add(k: number, value: Code<T>): void;
  /** Carries every column into the next, so that they have room again. */
  carry(): void;
}

/** Empty columns. The first value added to a column is set, later ones are added. */
export function makeColumns<T extends LaneType>(f: Body, lanes: Lanes<T>): Columns<T> {
  const locals: Local<T>[] = [];
  const columns: Columns<T> = {
    has: (k) => locals[k] !== undefined,
    get: (k) => locals[k]!.get,
    add(k, value) {
      const local = locals[k];
      if (local) f.set(local, lanes.add(local.get, value));
      else locals[k] = f.let(value);
    },
    carry() {
      for (let k = 0; k + 1 < locals.length; k++) {
        columns.add(k + 1, lanes.carry(locals[k]!.get));
        f.set(locals[k]!, lanes.mask(locals[k]!.get));
      }
    },
  };
  return columns;
}

/** Products that fit one set of columns: six times 9 * 2^58, and the reduction's 9 * 2^58, stay below 2^64. */
export const MAX_TERMS = 6;
const BLOCK = 3;

/** left[0] * right[0] + left[1] * right[1] + .., elements at fixed distances in memory (in bytes, negative ones too). */
export interface Series {
  readonly left: I32;
  readonly leftStride: number;
  readonly right: I32;
  readonly rightStride: number;
  /** 1 to MAX_TERMS */
  readonly count: number;
}

/**
 * Adds the products of a series to the columns by blocks of three limbs, six multiplications of blocks each instead of nine
 * (Karatsuba and Ofman 1962): a_I b_J + a_J b_I = (a_I + a_J)(b_I + b_J) - a_I b_I - a_J b_J. The product of the sums may pass 2^64;
 * the difference does not, and arithmetic modulo 2^64 gives it all the same.
 *
 * Each block runs over the terms in a loop of its own, because V8 reorders long straight code until nothing stays in a
 * register (three times slower at six terms); a loop's body with six limbs and five columns fits.
 */
export function addSeries<T extends LaneType>(f: Body, lanes: Lanes<T>, columns: Columns<T>, series: Series): void {
  if (!(series.count >= 1 && series.count <= MAX_TERMS)) throw new RangeError("a series has 1 to 6 terms");
  const own = [[0], [1], [2]].map((parts) => block(f, lanes, series, parts));
  own.forEach((column, I) => column.forEach((c, k) => columns.add(2 * BLOCK * I + k, c.get)));
  for (const [I, J] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    block(f, lanes, series, [I, J]).forEach((c, k) => {
      columns.add(BLOCK * (I + J) + k, lanes.sub(lanes.sub(c.get, own[I]![k]!.get), own[J]![k]!.get));
    });
  }
}

/** The five columns of the sum over all terms of one product of blocks (or of the sums of two blocks). */
function block<T extends LaneType>(f: Body, lanes: Lanes<T>, series: Series, parts: readonly number[]): Local<T>[] {
  const out = Array.from({ length: 2 * BLOCK - 1 }, () => f.let(lanes.wide(0n)));
  const left = f.split(series.left);
  const right = f.split(series.right);
  const [a, b] = [f.let(left.base), f.let(right.base)];
  const limb = (base: I32, offset: number, i: number): Code<T> =>
    parts.map((part) => lanes.load(base, BLOCK * part + i, offset)).reduce(lanes.add);
  f.repeat(series.count, () => {
    const as = Array.from({ length: BLOCK }, (_, i) => f.let(limb(a.get, left.offset, i)));
    const bs = Array.from({ length: BLOCK }, (_, i) => f.let(limb(b.get, right.offset, i)));
    as.forEach((x, i) => bs.forEach((y, j) => f.set(out[i + j]!, lanes.add(out[i + j]!.get, lanes.mul(x.get, y.get)))));
    f.set(a, i32.add(a.get, i32.const(series.leftStride)));
    f.set(b, i32.add(b.get, i32.const(series.rightStride)));
  });
  return out;
}
