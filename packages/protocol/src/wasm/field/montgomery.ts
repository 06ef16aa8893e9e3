import type { Body, Code, I32, Local } from "../emitter/index.js";
import type { Lanes } from "./lanes.js";
import { LIMB_BITS, LIMBS, toLimbs } from "./shape.js";
import type { FieldShape } from "./shape.js";

type LaneType = "i64" | "v128";

/** A factor of a product: an address, or a constant that is built into the code. */
export type Factor = { readonly at: I32 } | { readonly constant: readonly bigint[] };

/** Arithmetic of one field in one width. Operands are addresses of elements (or of pairs, for the pair width). */
export interface Arithmetic {
  /**
   * destination = (sum of a*b over `terms`) / R + plus, below (S/169 + 1)p + plus where S is the sum of the products of the
   * factors' bounds in multiples of p. One reduction for all terms. The destination may be one of the factors.
   */
  dot(f: Body, destination: I32, terms: readonly (readonly [Factor, Factor])[], plus?: Factor): void;
  /** destination = a*b/R. */
  mul(f: Body, destination: I32, a: I32, b: I32): void;
  /** destination = a*a/R. */
  square(f: Body, destination: I32, a: I32): void;
  /** destination = sum of `plus` - sum of `minus` + multiple*p, which must not be negative nor reach 16p. */
  sum(f: Body, destination: I32, plus: readonly I32[], minus?: readonly I32[], multiple?: bigint): void;
  copy(f: Body, destination: I32, from: I32): void;
}

/**
 * Generates Montgomery arithmetic (Montgomery 1985), operand scanning: after each row of partial products the lowest limb is
 * cleared and the columns move down by one.
 *
 * Bounds: limbs are below 2^29, so a row adds at most (terms + 1) * 2^58 to a column (the 1 is the reduction's), and carries
 * below 2^35. 63 * 2^58 fits 64 bits: `carryEvery` rows can pass before columns are carried into one another.
 */
export function arithmetic<T extends LaneType>(shape: FieldShape, lanes: Lanes<T>): Arithmetic {
  const load = (factor: Factor, index: number): Code<T> =>
    "at" in factor ? lanes.load(factor.at, index) : lanes.factor(factor.constant[index]!);

  /** Clears the lowest column of `acc` and moves all down by one. */
  const reduceRow = (f: Body, acc: Local<T>[], q: Local<T>, row: number): void => {
    const exact = row >= LIMBS - 2;
    const lowest = acc[0]!;
    if (!exact) {
      f.set(q, lanes.narrow(lanes.mask(lowest.get)));
      f.set(acc[1]!, lanes.add(acc[1]!.get, lanes.carry(lowest.get)));
    } else {
      const factor = lanes.mul(lanes.narrow(lanes.mask(lowest.get)), lanes.factor(shape.negInverse));
      f.set(q, lanes.narrow(lanes.mask(factor)));
      const cleared = lanes.add(lowest.get, lanes.mul(q.get, lanes.factor(shape.p[0]!)));
      f.set(acc[1]!, lanes.add(acc[1]!.get, lanes.carry(cleared)));
    }
    for (let j = 0; j < LIMBS; j++) {
      const limb = exact ? shape.p[j + 1] : shape.shifted[j];
      const above = acc[j + 1];
      if (limb !== undefined) {
        const term = lanes.mul(q.get, lanes.factor(limb));
        f.set(acc[j]!, above ? lanes.add(above.get, term) : term);
      } else f.set(acc[j]!, lanes.wide(0n));
    }
  };

  /** Carries every column into the next; the last one keeps all of its bits. */
  const carryColumns = (f: Body, acc: Local<T>[]): void => {
    for (let j = 0; j + 1 < LIMBS; j++) {
      f.set(acc[j + 1]!, lanes.add(acc[j + 1]!.get, lanes.carry(acc[j]!.get)));
      f.set(acc[j]!, lanes.mask(acc[j]!.get));
    }
  };

  const storeCarried = (f: Body, destination: I32, acc: readonly Code<T>[]): void => {
    const carry = f.local(lanes.type);
    acc.forEach((column, j) => {
      const value = j === 0 ? column : lanes.add(carry.get, column);
      if (j === LIMBS - 1) f.run(lanes.store(destination, value, j));
      else {
        f.set(carry, value);
        f.run(lanes.store(destination, lanes.mask(carry.get), j));
        f.set(carry, lanes.carry(carry.get));
      }
    });
  };

  const columns = (f: Body): Local<T>[] => Array.from({ length: LIMBS }, () => f.local(lanes.type));

  const dot: Arithmetic["dot"] = (f, destination, terms, plus) => {
    const carryEvery = Math.floor(63 / (terms.length + 1));
    const acc = columns(f);
    const [a, q] = [f.local(lanes.type), f.local(lanes.type)];
    // One product: its second factor stays in locals. More would only be spilled, so they are loaded again for each row.
    const only = terms.length === 1 ? terms[0]![1] : undefined;
    const held = only && "at" in only ? acc.map((_, j) => f.let(load(only, j))) : undefined;
    for (let row = 0; row < LIMBS; row++) {
      if (row > 0 && row % carryEvery === 0) carryColumns(f, acc);
      terms.forEach(([left, right], t) => {
        f.set(a, load(left, row));
        for (let j = 0; j < LIMBS; j++) {
          const product = lanes.mul(a.get, held ? held[j]!.get : load(right, j));
          f.set(acc[j]!, row === 0 && t === 0 ? product : lanes.add(acc[j]!.get, product));
        }
      });
      reduceRow(f, acc, q, row);
    }
    const wide = (factor: Factor, j: number): Code<T> =>
      "at" in factor ? lanes.loadWide(factor.at, j) : lanes.wide(factor.constant[j]!);
    storeCarried(
      f,
      destination,
      acc.map((column, j) => (plus ? lanes.add(column.get, wide(plus, j)) : column.get)),
    );
  };

  return {
    dot,
    mul: (f, destination, a, b) => dot(f, destination, [[{ at: a }, { at: b }]]),
    square(f, destination, a) {
      const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(lanes.load(a, j)));
      const acc = columns(f);
      const [twice, q] = [f.local(lanes.type), f.local(lanes.type)];
      for (let row = 0; row < LIMBS; row++) {
        // Row i holds a_i^2 and 2*a_i*a_j for j > i; the columns below have had all their products by then.
        const own = lanes.mul(limbs[row]!.get, limbs[row]!.get);
        f.set(acc[row]!, row === 0 ? own : lanes.add(acc[row]!.get, own));
        f.set(twice, lanes.double(limbs[row]!.get));
        for (let j = row + 1; j < LIMBS; j++) {
          const product = lanes.mul(twice.get, limbs[j]!.get);
          f.set(acc[j]!, row === 0 ? product : lanes.add(acc[j]!.get, product));
        }
        reduceRow(f, acc, q, row);
      }
      storeCarried(
        f,
        destination,
        acc.map((column) => column.get),
      );
    },
    sum(f, destination, plus, minus = [], multiple = 0n) {
      const constant = borrowed(shape.modulus * multiple, BigInt(minus.length));
      const acc = Array.from({ length: LIMBS }, (_, j) => {
        let column = lanes.loadWide(plus[0]!, j);
        for (const address of plus.slice(1)) column = lanes.add(column, lanes.loadWide(address, j));
        for (const address of minus) column = lanes.sub(column, lanes.loadWide(address, j));
        return constant[j] === 0n ? column : lanes.add(column, lanes.wide(constant[j]!));
      });
      storeCarried(f, destination, acc);
    },
    copy(f, destination, from) {
      const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(lanes.loadWide(from, j)));
      limbs.forEach((limb, j) => f.run(lanes.store(destination, limb.get, j)));
    },
  };
}

/**
 * Limbs of x in which every limb but the first has lent `times` to the one below, as 2^29 each: subtracting up to `times`
 * limbs from them leaves every column non-negative, so that carries need no sign.
 */
function borrowed(x: bigint, times: bigint): bigint[] {
  return toLimbs(x).map((limb, j) => limb + (j < LIMBS - 1 ? times << BigInt(LIMB_BITS) : 0n) - (j > 0 ? times : 0n));
}
