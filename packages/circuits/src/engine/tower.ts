import type { Body, Func, I32, ModuleBuilder } from "@sero/protocol/wasm/toolkit";
import { copyBytes, ELEMENT_BYTES, i32, i64, PAIR_BYTES } from "@sero/protocol/wasm/toolkit";
import type { Arithmetic, WasmField } from "@sero/protocol/wasm/toolkit";

export type Unary = Func<readonly ["i32", "i32"], "void">;
export type Binary = Func<readonly ["i32", "i32", "i32"], "void">;
export type Ternary = Func<readonly ["i32", "i32", "i32", "i32"], "void">;

/** One element at a time, or two independent ones in the halves of a v128. */
export type Width = "single" | "pair";

/**
 * The coordinates' field at one width: BN254's base field (degree 1) or its quadratic extension by u^2 = -1 (degree 2; c0, then c1). All are
 * functions on addresses, the destination first; it may be one of the operands.
 *
 * Bounds, in multiples of p: results of products are below 2 if both factors are below 12, those of `sub` below 6 if its operands are below 2.
 */
export interface Tower {
  readonly degree: 1 | 2;
  /** Bytes of an element at this width. */
  readonly size: number;
  /** a*b; a below 6 (12 in degree 1). */
  readonly mul: Binary;
  readonly square: Unary;
  /** a*b - c; a below 6 (12 in degree 1), b below 12, c below 16. */
  readonly mulMinus: Ternary;
  /** a*a - c; a below 6, c below 16. */
  readonly squareMinus: Binary;
  readonly add: Binary;
  /** a - b + 4p; b below 4. */
  readonly sub: Binary;
  /** a multiple of a, small. */
  times(f: Body, destination: I32, a: I32, factor: number): void;
  copy(f: Body, destination: I32, a: I32): void;
}

/** Adds the functions of a tower to a module. */
export function createTower(module: ModuleBuilder, field: WasmField, degree: 1 | 2, width: Width): Tower {
  const ops = field.inline[width];
  const unit = width === "single" ? ELEMENT_BYTES : PAIR_BYTES;
  const size = unit * degree;
  const perCoordinate = (f: Body, build: (f: Body, offset: number) => void): void => {
    for (let i = 0; i < degree; i++) build(f, i * unit);
  };
  const by = (address: I32, offset: number): I32 => (offset === 0 ? address : i32.add(address, i32.const(offset)));
  const add = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) =>
    perCoordinate(f, (g, o) => ops.sum(g, by(d.get, o), [by(a.get, o), by(b.get, o)])),
  );
  const sub = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) =>
    perCoordinate(f, (g, o) => ops.sum(g, by(d.get, o), [by(a.get, o)], [by(b.get, o)], 4n)),
  );
  return {
    degree,
    size,
    add,
    sub,
    times: (f, destination, a, factor) =>
      perCoordinate(f, (g, o) =>
        ops.sum(
          g,
          by(destination, o),
          Array.from({ length: factor }, () => by(a, o)),
        ),
      ),
    copy: (f, destination, a) => perCoordinate(f, (g, o) => copyBytes(g, by(destination, o), by(a, o), unit)),
    ...(degree === 1 ? products(module, ops, unit) : extensionProducts(module, ops, unit)),
  };
}

/** Multiple of p that is added before something below 16p is subtracted. */
const SUBTRAHEND = 16n;

type Products = Pick<Tower, "mul" | "square" | "mulMinus" | "squareMinus">;

function products(module: ModuleBuilder, ops: Arithmetic, unit: number): Products {
  const room = i32.const(module.reserve(unit));
  return {
    mul: module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) => ops.mul(f, d.get, a.get, b.get)),
    square: module.func(undefined, ["i32", "i32"], "void", (f, d, a) => ops.square(f, d.get, a.get)),
    mulMinus: module.func(undefined, ["i32", "i32", "i32", "i32"], "void", (f, d, a, b, c) => {
      ops.mul(f, room, a.get, b.get);
      ops.reducedSum(f, d.get, [room], [c.get], SUBTRAHEND);
    }),
    squareMinus: module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, c) => {
      ops.square(f, room, a.get);
      ops.reducedSum(f, d.get, [room], [c.get], SUBTRAHEND);
    }),
  };
}

/** (a0 + a1 u)(b0 + b1 u) - c: two dot products with one reduction each. -a1 is formed as 6p - a1. */
function extensionProducts(module: ModuleBuilder, ops: Arithmetic, unit: number): Products {
  const room = (): I32 => i32.const(module.reserve(unit));
  const [zero, negated, low, high] = [room(), room(), room(), room()];
  const c1 = (address: I32): I32 => i32.add(address, i32.const(unit));
  // Both coordinates are computed before the destination, which may be an operand, is written.
  const give = (f: Body, d: I32, minus: I32 | undefined): void => {
    if (minus === undefined) {
      ops.copy(f, d, low);
      ops.copy(f, c1(d), high);
    } else {
      ops.reducedSum(f, d, [low], [minus], SUBTRAHEND);
      ops.reducedSum(f, c1(d), [high], [c1(minus)], SUBTRAHEND);
    }
  };
  const product = (f: Body, d: I32, a: I32, b: I32, minus: I32 | undefined): void => {
    ops.sum(f, negated, [zero], [c1(a)], 6n);
    ops.dot(f, low, [
      [{ at: a }, { at: b }],
      [{ at: negated }, { at: c1(b) }],
    ]);
    ops.dot(f, high, [
      [{ at: a }, { at: c1(b) }],
      [{ at: c1(a) }, { at: b }],
    ]);
    give(f, d, minus);
  };
  const [sum, difference, twice] = [room(), room(), room()];
  /** a*a - minus = (a0 + a1)(a0 - a1) + 2 a0 a1 u - minus. */
  const square = (f: Body, d: I32, a: I32, minus: I32 | undefined): void => {
    ops.sum(f, sum, [a, c1(a)]);
    ops.sum(f, difference, [a], [c1(a)], 6n);
    ops.sum(f, twice, [c1(a), c1(a)]);
    ops.mul(f, low, sum, difference);
    ops.mul(f, high, a, twice);
    give(f, d, minus);
  };
  return {
    mul: module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) =>
      product(f, d.get, a.get, b.get, undefined),
    ),
    square: module.func(undefined, ["i32", "i32"], "void", (f, d, a) => square(f, d.get, a.get, undefined)),
    mulMinus: module.func(undefined, ["i32", "i32", "i32", "i32"], "void", (f, d, a, b, c) =>
      product(f, d.get, a.get, b.get, c.get),
    ),
    squareMinus: module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, c) => square(f, d.get, a.get, c.get)),
  };
}

/** 1 if all bytes of an element (at single width) are zero: how infinity is marked. */
export function isZeroWords(address: I32, size: number): I32 {
  let all = i64.load32u(address);
  for (let offset = 4; offset < size; offset += 4) all = i64.or(all, i64.load32u(address, offset));
  return i64.eqz(all);
}
