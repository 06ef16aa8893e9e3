import { CURVE_A, CURVE_D } from "../../curve/index.js";
import { Fr } from "../../field/index.js";
import { i32 } from "../emitter/index.js";
import type { Body, Func, I32, ModuleBuilder } from "../emitter/index.js";
import { ELEMENT_BYTES } from "../field/index.js";
import type { WasmField } from "../field/index.js";
import type { BucketGroup } from "../msm/index.js";

/**
 * Baby Jubjub is computed with on the isomorphic curve -x'^2 + y^2 = 1 + D' x'^2 y^2, x' = SCALE * x, whose addition is cheaper.
 * CURVE_A and -1 are squares modulo r, so the curve exists over F, and its addition law is complete: CURVE_D is no square.
 */
export const SCALE: bigint = root(Fr.neg(CURVE_A));
const TWIST_D = Fr.mul(Fr.neg(CURVE_D), Fr.inv(CURVE_A));

/** A point given as (y - x', y + x', 2 D' x' y). */
export const POINT_BYTES_IN_MEMORY = 3 * ELEMENT_BYTES;
/** A sum in extended coordinates (X, Y, Z, T), T = XY/Z. */
export const SUM_BYTES = 4 * ELEMENT_BYTES;

/** Point arithmetic of Baby Jubjub. */
export interface WasmCurve extends BucketGroup {
  /** (point, x', y): from affine coordinates of the scaled curve. */
  readonly prepare: Func<readonly ["i32", "i32", "i32"], "void">;
  /** (sum): 1 if it is the neutral element. */
  readonly isIdentity: Func<readonly ["i32"], "i32">;
}

/**
 * Adds the curve to a module: Hisil, Wong, Carter and Dawson 2008, `add-2008-hwcd-3` and `dbl-2008-hwcd` of the Explicit-Formulas
 * Database for a = -1.
 *
 * Bounds: coordinates are products, below 1.5p; sums and differences of two products (+ 4p) stay below 7.2p, and 7.2 * 5.5 < 84.
 */
export function createCurve(module: ModuleBuilder, field: WasmField): WasmCurve {
  const { mul, square, add, sub } = field.single;
  const { copy, sum: linear } = field.inline.single;
  const [zero, one, twiceD] = [field.constant(0n), field.constant(1n), field.constant(Fr.add(TWIST_D, TWIST_D))];
  const [A, B, C, D, E, F, G, H] = Array.from({ length: 8 }, () => field.scratch()) as [
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
    I32,
  ];
  const part = (base: I32, index: number): I32 => i32.add(base, i32.const(index * ELEMENT_BYTES));

  /** The common end of both formulas: X = EF, Y = GH, Z = FG, T = EH. */
  const finish = (f: Body, sum: I32): void => {
    f.run(mul.call(part(sum, 0), E, F), mul.call(part(sum, 1), G, H));
    f.run(mul.call(part(sum, 2), F, G), mul.call(part(sum, 3), E, H));
  };
  /** With A = (Y-X)(y-x), B = (Y+X)(y+x), C = 2D' T t, D = 2Z z. */
  const combine = (f: Body, sum: I32): void => {
    f.run(sub.call(E, B, A), sub.call(F, D, C), add.call(G, D, C), add.call(H, B, A));
    finish(f, sum);
  };
  /** sum +- point: the negative of a point swaps y - x with y + x and changes the sign of the product. */
  const mixed = (negative: boolean): Func<readonly ["i32", "i32"], "void"> =>
    module.func(undefined, ["i32", "i32"], "void", (f, sum, point) => {
      const [minus, plus] = negative ? [1, 0] : [0, 1];
      f.run(sub.call(A, part(sum.get, 1), part(sum.get, 0)), mul.call(A, A, part(point.get, minus)));
      f.run(add.call(B, part(sum.get, 1), part(sum.get, 0)), mul.call(B, B, part(point.get, plus)));
      f.run(mul.call(C, part(sum.get, 3), part(point.get, 2)));
      f.run(add.call(D, part(sum.get, 2), part(sum.get, 2)));
      if (negative) f.run(sub.call(C, zero, C));
      combine(f, sum.get);
    });
  const isZero = field.isZero;

  return {
    pointBytes: POINT_BYTES_IN_MEMORY,
    sumBytes: SUM_BYTES,
    clear: module.func(undefined, ["i32"], "void", (f, sum) => {
      [zero, one, one, zero].forEach((value, i) => copy(f, part(sum.get, i), value));
    }),
    addPoint: mixed(false),
    subPoint: mixed(true),
    add: module.func(undefined, ["i32", "i32"], "void", (f, sum, other) => {
      f.run(sub.call(A, part(sum.get, 1), part(sum.get, 0)), sub.call(E, part(other.get, 1), part(other.get, 0)));
      f.run(add.call(B, part(sum.get, 1), part(sum.get, 0)), add.call(F, part(other.get, 1), part(other.get, 0)));
      f.run(mul.call(A, A, E), mul.call(B, B, F));
      f.run(mul.call(C, part(sum.get, 3), part(other.get, 3)), mul.call(C, C, twiceD));
      f.run(mul.call(D, part(sum.get, 2), part(other.get, 2)), add.call(D, D, D));
      combine(f, sum.get);
    }),
    double: module.func(undefined, ["i32"], "void", (f, sum) => {
      // A = X^2, B = Y^2, C = Z^2: E = (X+Y)^2 - A - B, G = B - A, F = G - 2C, H = -A - B
      f.run(square.call(A, part(sum.get, 0)), square.call(B, part(sum.get, 1)), square.call(C, part(sum.get, 2)));
      f.run(add.call(D, part(sum.get, 0), part(sum.get, 1)), square.call(D, D));
      linear(f, E, [D], [A, B], 4n);
      linear(f, G, [B], [A], 4n);
      linear(f, F, [B], [A, C, C], 4n);
      linear(f, H, [zero], [A, B], 4n);
      finish(f, sum.get);
    }),
    prepare: module.func(undefined, ["i32", "i32", "i32"], "void", (f, point, x, y) => {
      f.run(mul.call(A, x.get, y.get));
      f.run(sub.call(part(point.get, 0), y.get, x.get), add.call(part(point.get, 1), y.get, x.get));
      f.run(mul.call(part(point.get, 2), A, twiceD));
    }),
    isIdentity: module.func(undefined, ["i32"], "i32", (_f, sum) =>
      i32.and(isZero.call(part(sum.get, 0)), field.equal.call(part(sum.get, 1), part(sum.get, 2))),
    ),
  };
}

function root(x: bigint): bigint {
  const found = Fr.sqrt(x);
  if (found === undefined) throw new RangeError("no square");
  return found < Fr.neg(found) ? found : Fr.neg(found);
}
