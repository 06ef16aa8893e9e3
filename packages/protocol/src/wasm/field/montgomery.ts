import { i32, i64, v128 } from "../emitter/index.js";
import type { Body, Code, I32, Local } from "../emitter/index.js";
import { MAX_TERMS, addSeries, makeColumns } from "./columns.js";
import type { Columns, Series } from "./columns.js";
import type { Lanes } from "./lanes.js";
import { LIMB_BITS, LIMBS, toLimbs } from "./shape.js";
import type { FieldShape } from "./shape.js";

type LaneType = "i64" | "v128";

/**
 * A factor of a product: an address and a fixed offset in bytes, a single element to be used for both halves of a pair, or a constant
 * that is built into the code.
 */
export type Factor =
  { readonly spread: I32 } | { readonly at: I32; readonly offset?: number } | { readonly constant: readonly bigint[] };

/** A term of a sum: an element, or a small multiple of one (`times` below 16). */
export type Term = I32 | { readonly at: I32; readonly times: number };

/** Arithmetic of one field in one width. Operands are addresses of elements (or of pairs, for the pair width). */
export interface Arithmetic {
  /**
   * destination = (sum of a*b over `terms`) / R + plus, below (S/169 + 1)p + plus where S is the sum of the products of the
   * factors' bounds in multiples of p. One reduction for all terms, six at most. The destination may be one of the factors.
   */
  dot(f: Body, destination: I32, terms: readonly (readonly [Factor, Factor])[], plus?: Factor): void;
  /** The same for many products that lie regularly in memory; the sum of all series is reduced once. */
  dotSeries(f: Body, destination: I32, series: readonly Series[], plus?: Factor): void;
  /** destination = a*b/R. Sources are read before the destination is written, here and below. */
  mul(f: Body, destination: I32, a: I32, b: I32): void;
  /** destination = a*a/R. */
  square(f: Body, destination: I32, a: I32): void;
  /** destination = sum of `plus` - sum of `minus` + multiple*p, which must not be negative nor reach 16p. */
  sum(f: Body, destination: I32, plus: readonly I32[], minus?: readonly I32[], multiple?: bigint): void;
  /**
   * The same sum, which must be below 64p, brought below 1.01p by subtracting a multiple of p that its top limb tells. Terms may have
   * small weights.
   */
  reducedSum(f: Body, destination: I32, plus: readonly Term[], minus?: readonly Term[], multiple?: bigint): void;
  copy(f: Body, destination: I32, from: I32): void;
}

/**
 * Generates Montgomery arithmetic (Montgomery 1985): columns of products, and for each of the nine lowest columns one
 * multiple of p (or of 2^29 p) that clears it.
 *
 * Bounds: limbs are below 2^29, so a column of one product holds at most 9 * 2^58, and a reduction adds as much and a carry
 * below 2^35. Six products and the reduction make 63 * 2^58, which fits 64 bits.
 */
export function arithmetic<T extends LaneType>(shape: FieldShape, lanes: Lanes<T>): Arithmetic {
  /** A reader of a factor's limbs, narrow or wide. */
  const open = (f: Body, factor: Factor): ((index: number) => Code<T>) => {
    if ("constant" in factor) return (index) => lanes.factor(factor.constant[index]!);
    if ("spread" in factor) {
      const { base, offset } = f.split(factor.spread);
      return (index) => lanes.loadSpread(base, index, offset);
    }
    const { base, offset } = f.split(factor.at, factor.offset);
    return (index) => lanes.load(base, index, offset);
  };
  const openWide = (f: Body, factor: Factor): ((index: number) => Code<T>) => {
    if ("constant" in factor) return (index) => lanes.wide(factor.constant[index]!);
    if ("spread" in factor) throw new RangeError("only a factor of a product can be spread");
    const { base, offset } = f.split(factor.at, factor.offset);
    return (index) => lanes.loadWide(base, index, offset);
  };

  /** Clears column `row`, which has all of its products, into the columns above it. */
  const reduceRow = (f: Body, columns: Columns<T>, q: Local<T>, row: number): void => {
    const lowest = columns.get(row);
    const exact = row >= LIMBS - 2;
    if (exact) {
      const factor = lanes.mul(lanes.narrow(lanes.mask(lowest)), lanes.factor(shape.negInverse));
      f.set(q, lanes.narrow(lanes.mask(factor)));
      columns.add(row + 1, lanes.carry(lanes.add(lowest, lanes.mul(q.get, lanes.factor(shape.p[0]!)))));
    } else {
      f.set(q, lanes.narrow(lanes.mask(lowest)));
      columns.add(row + 1, lanes.carry(lowest));
    }
    const multiple = exact ? shape.p.slice(1) : shape.shifted;
    multiple.forEach((limb, j) => columns.add(row + 1 + j, lanes.mul(q.get, lanes.factor(limb))));
  };

  /** Carries nine columns, given low to high, into limbs. */
  const storeCarried = (f: Body, destination: I32, columns: readonly Code<T>[]): void => {
    const carry = f.local(lanes.type);
    const { base, offset } = f.split(destination);
    columns.forEach((column, j) => {
      const value = j === 0 ? column : lanes.add(carry.get, column);
      if (j === LIMBS - 1) f.run(lanes.store(base, value, j, offset));
      else {
        f.set(carry, value);
        f.run(lanes.store(base, lanes.mask(carry.get), j, offset));
        f.set(carry, lanes.carry(carry.get));
      }
    });
  };

  /** Stores columns 9 to 17, what is left of a product after its nine reductions. */
  const storeUpper = (f: Body, destination: I32, columns: Columns<T>, plus?: Factor): void => {
    const addend = plus && openWide(f, plus);
    const upper = Array.from({ length: LIMBS }, (_, j) => {
      const column = columns.has(LIMBS + j) ? columns.get(LIMBS + j) : lanes.wide(0n);
      return addend ? lanes.add(column, addend(j)) : column;
    });
    storeCarried(f, destination, upper);
  };

  /** A few products, row by row like one. */
  const dot: Arithmetic["dot"] = (f, destination, terms, plus) => {
    if (terms.length > MAX_TERMS) throw new RangeError("more products than the columns hold");
    const columns = makeColumns(f, lanes);
    const [a, q] = [f.local(lanes.type), f.local(lanes.type)];
    const limbs = terms.map(([left, right]) => {
      const limbOfRight = open(f, right);
      return { left: open(f, left), right: Array.from({ length: LIMBS }, (_, j) => f.let(limbOfRight(j))) };
    });
    for (let row = 0; row < LIMBS; row++) {
      for (const { left, right } of limbs) {
        f.set(a, left(row));
        right.forEach((b, j) => columns.add(row + j, lanes.mul(a.get, b.get)));
      }
      reduceRow(f, columns, q, row);
    }
    storeUpper(f, destination, columns, plus);
  };

  const dotSeries: Arithmetic["dotSeries"] = (f, destination, series, plus) => {
    const columns = makeColumns(f, lanes);
    series.forEach((one, i) => {
      if (i > 0) columns.carry();
      addSeries(f, lanes, columns, one);
    });
    const q = f.local(lanes.type);
    for (let row = 0; row < LIMBS; row++) reduceRow(f, columns, q, row);
    storeUpper(f, destination, columns, plus);
  };

  return {
    dot,
    dotSeries,
    mul: (f, destination, a, b) => dot(f, destination, [[{ at: a }, { at: b }]]),
    square(f, destination, a) {
      const limbOf = open(f, { at: a });
      const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(limbOf(j)));
      const columns = makeColumns(f, lanes);
      const [twice, q] = [f.local(lanes.type), f.local(lanes.type)];
      limbs.forEach((limb, row) => {
        // Row i holds a_i^2 and 2*a_i*a_j for j > i; the columns up to i have had all their products by then.
        columns.add(2 * row, lanes.mul(limb.get, limb.get));
        f.set(twice, lanes.double(limb.get));
        for (let j = row + 1; j < LIMBS; j++) columns.add(row + j, lanes.mul(twice.get, limbs[j]!.get));
        reduceRow(f, columns, q, row);
      });
      storeUpper(f, destination, columns);
    },
    sum(f, destination, plus, minus = [], multiple = 0n) {
      const constant = borrowed(shape.modulus * multiple, BigInt(minus.length));
      const [added, subtracted] = [plus, minus].map((list) => list.map((address) => openWide(f, { at: address })));
      const columns = Array.from({ length: LIMBS }, (_, j) => {
        let column = added!.map((limb) => limb(j)).reduce(lanes.add);
        for (const limb of subtracted!) column = lanes.sub(column, limb(j));
        return constant[j] === 0n ? column : lanes.add(column, lanes.wide(constant[j]!));
      });
      storeCarried(f, destination, columns);
    },
    reducedSum(f, destination, plus, minus = [], multiple = 0n) {
      const open = (term: Term): ((index: number) => Code<T>) => {
        const times = "times" in term ? term.times : 1;
        const { base, offset } = f.split("times" in term ? term.at : term);
        if (times === 1) return (index) => lanes.loadWide(base, index, offset);
        return (index) => lanes.mul(lanes.load(base, index, offset), lanes.factor(BigInt(times)));
      };
      const weight = minus.reduce((total, term) => total + ("times" in term ? term.times : 1), 0);
      const constant = borrowed(shape.modulus * multiple, BigInt(weight));
      const [added, subtracted] = [plus, minus].map((list) => list.map(open));
      const carry = f.local(lanes.type);
      const limbs = Array.from({ length: LIMBS }, (_, j) => {
        let column = added!.map((limb) => limb(j)).reduce(lanes.add);
        for (const limb of subtracted!) column = lanes.sub(column, limb(j));
        if (constant[j] !== 0n) column = lanes.add(column, lanes.wide(constant[j]!));
        const value = f.let(j === 0 ? column : lanes.add(carry.get, column));
        if (j < LIMBS - 1) f.set(carry, lanes.carry(value.get));
        return j < LIMBS - 1 ? f.let(lanes.mask(value.get)) : value;
      });
      // floor(top / (p's top + 1)) by a reciprocal of 50 bits: never too large, and too small by less than 1.0001.
      const reciprocal = (1n << 50n) / (shape.p[LIMBS - 1]! + 1n);
      const top = lanes.narrow(limbs[LIMBS - 1]!.get);
      const quotient = f.let(lanes.narrow(lanes.shiftDown(lanes.mul(top, lanes.factor(reciprocal)), 50)));
      const lent = borrowed(0n, 64n);
      const rest = limbs.map((limb, j) => {
        const column = lanes.add(limb.get, lanes.wide(lent[j]!));
        return lanes.sub(column, lanes.mul(quotient.get, lanes.factor(shape.p[j]!)));
      });
      storeCarried(f, destination, rest);
    },
    copy(f, destination, from) {
      copyBytes(f, destination, from, lanes.stride * LIMBS);
    },
  };
}

/** Copies 36 or 72 bytes. */
export function copyBytes(f: Body, destination: I32, from: I32, bytes: number): void {
  const [target, source] = [f.split(destination), f.split(from)];
  const whole = bytes - (bytes % 16);
  for (let at = 0; at < whole; at += 16) {
    f.run(v128.store(target.base, v128.load(source.base, source.offset + at), target.offset + at));
  }
  if (bytes - whole === 8)
    f.run(i64.store(target.base, i64.load(source.base, source.offset + whole), target.offset + whole));
  if (bytes - whole === 4)
    f.run(i32.store(target.base, i32.load(source.base, source.offset + whole), target.offset + whole));
}

/**
 * Limbs of x in which every limb but the first has lent `times` to the one below, as 2^29 each: subtracting up to `times`
 * limbs from them leaves every column non-negative, so that carries need no sign.
 */
function borrowed(x: bigint, times: bigint): bigint[] {
  return toLimbs(x).map((limb, j) => limb + (j < LIMBS - 1 ? times << BigInt(LIMB_BITS) : 0n) - (j > 0 ? times : 0n));
}
