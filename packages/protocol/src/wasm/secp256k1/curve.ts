import { i32 } from "../emitter/index.js";
import type { Body, Func, I32, ModuleBuilder } from "../emitter/index.js";
import { ELEMENT_BYTES } from "../field/index.js";
import type { WasmField } from "../field/index.js";

/** A sum (X : Y : Z) stands for (X/Z^2, Y/Z^3); Z of zero bytes is infinity. */
export const SUM_BYTES = 3 * ELEMENT_BYTES;
/** A table's point of any Z: X, Y, Z, Z^2, Z^3. */
export const MULTIPLE_BYTES = 5 * ELEMENT_BYTES;
/** A table's point of Z = 1: x, y. */
export const AFFINE_BYTES = 2 * ELEMENT_BYTES;

/** Points of secp256k1. Complete: equal, opposite and infinite sums are recognised; table points are never infinity. */
export interface Secp256k1Points {
  /** (sum): doubles it. */
  readonly double: Func<readonly ["i32"], "void">;
  /** (sum, point, negative): adds a table's point, or subtracts it. */
  readonly addMultiple: Func<readonly ["i32", "i32", "i32"], "void">;
  readonly addAffine: Func<readonly ["i32", "i32", "i32"], "void">;
}

export const part = (base: I32, index: number): I32 => i32.add(base, i32.const(index * ELEMENT_BYTES));

/**
 * Adds the point arithmetic to a module: dbl-2009-l, madd-2007-bl and add-2007-bl of the Explicit-Formulas Database, without their tricks
 * that trade products for squares.
 *
 * Bounds: R is 32p, so a product of factors below A*p and B*p is below (A*B/32 + 1)p. Coordinates of sums are below 1.6p, those of table
 * points below 1.1p; every value below is marked with its own.
 */
export function createPoints(module: ModuleBuilder, field: WasmField): Secp256k1Points {
  const { mul, square } = field.single;
  const { copy, sum: linear, reducedSum } = field.inline.single;
  const [a, s, c, m, t, w] = Array.from({ length: 6 }, () => field.scratch()) as [I32, I32, I32, I32, I32, I32];
  const twice = (at: I32): { at: I32; times: number } => ({ at, times: 2 });
  const eight = (at: I32): { at: I32; times: number } => ({ at, times: 8 });
  const one = field.constant(1n);
  const zero = field.constant(0n);

  const double = module.func(undefined, ["i32"], "void", (f, sum) => {
    const [x, y, z] = [sum.get, part(sum.get, 1), part(sum.get, 2)];
    f.run(square.call(a, x), square.call(c, y)); // 1.1, 1.1
    linear(f, m, [a, a, a]); // 3.3
    f.run(mul.call(s, x, c), square.call(c, c)); // 1.06, 1.04
    linear(f, t, [y, y]); // 3.2
    f.run(mul.call(z, t, z)); // 1.2; infinity stays so: zeros times anything are zeros
    f.run(square.call(a, m)); // 1.4
    reducedSum(f, x, [a], [eight(s)], 9n); // 1.01
    linear(f, t, [s, s, s, s], [x], 2n); // 6.3
    f.run(mul.call(a, m, t)); // 1.7
    reducedSum(f, y, [a], [eight(c)], 9n); // 1.01
  });

  const setInfinity = (f: Body, sum: I32): void => {
    for (let j = 0; j < ELEMENT_BYTES; j += 4) f.run(i32.store(part(sum, 2), i32.const(0), j));
  };
  const isInfinity = (sum: I32): I32 => {
    const z = part(sum, 2);
    let any = i32.load(z);
    for (let j = 4; j < ELEMENT_BYTES; j += 4) any = i32.or(any, i32.load(z, j));
    return i32.eqz(any);
  };

  const [u1, s1, h, r, hh, v] = Array.from({ length: 6 }, () => field.scratch()) as [I32, I32, I32, I32, I32, I32];
  /** The end of both additions, from U1 and S1 (1.6), H = U2 - U1 and R = S2 - S1 (4), and in `w` the product of the Zs (1.6). */
  const finish = (f: Body, sum: I32): void => {
    f.if(field.isZero.call(h), () => {
      f.if(
        field.isZero.call(r),
        () => f.run(double.call(sum)),
        () => setInfinity(f, sum),
      );
      f.return(i32.const(0));
    });
    const [x, y, z] = [sum, part(sum, 1), part(sum, 2)];
    f.run(mul.call(z, w, h)); // 1.2
    f.run(square.call(hh, h), mul.call(h, hh, h), mul.call(v, u1, hh), mul.call(s1, s1, h)); // 1.5, 1.2, 1.1, 1.1
    f.run(square.call(a, r)); // 1.5
    reducedSum(f, x, [a], [h, twice(v)], 4n); // 1.01
    linear(f, t, [v], [x], 2n); // 3.1
    f.run(mul.call(a, r, t)); // 1.4
    reducedSum(f, y, [a], [s1], 2n); // 1.01
  };
  /** H and R from U2 and S2 in `a` and `c` (1.1) and the sign. */
  const differences = (f: Body, negative: I32): void => {
    linear(f, h, [a], [u1], 2n); // 3.1
    f.if(negative, () => linear(f, c, [zero], [c], 2n)); // 2
    linear(f, r, [c], [s1], 2n); // 4
  };

  const addAffine = module.func(undefined, ["i32", "i32", "i32"], "void", (f, sum, point, negative) => {
    const [x, y, z] = [sum.get, part(sum.get, 1), part(sum.get, 2)];
    f.if(isInfinity(sum.get), () => {
      copy(f, x, point.get);
      copy(f, y, part(point.get, 1));
      f.if(negative.get, () => linear(f, y, [zero], [y], 2n));
      f.run(mul.call(y, y, one)); // 1.1
      copy(f, z, one);
      f.return(i32.const(0));
    });
    f.run(square.call(a, z), mul.call(c, a, z), mul.call(a, a, point.get), mul.call(c, c, part(point.get, 1)));
    copy(f, u1, x);
    copy(f, s1, y);
    copy(f, w, z);
    differences(f, negative.get);
    finish(f, sum.get);
  });

  const addMultiple = module.func(undefined, ["i32", "i32", "i32"], "void", (f, sum, point, negative) => {
    const [x, y, z] = [sum.get, part(sum.get, 1), part(sum.get, 2)];
    f.if(isInfinity(sum.get), () => {
      copy(f, x, point.get);
      copy(f, y, part(point.get, 1));
      f.if(negative.get, () => linear(f, y, [zero], [y], 2n));
      f.run(mul.call(y, y, one)); // 1.1
      copy(f, z, part(point.get, 2));
      f.return(i32.const(0));
    });
    f.run(square.call(a, z), mul.call(c, a, z), mul.call(a, a, point.get), mul.call(c, c, part(point.get, 1)));
    f.run(mul.call(u1, x, part(point.get, 3)), mul.call(s1, y, part(point.get, 4)));
    f.run(mul.call(w, z, part(point.get, 2)));
    differences(f, negative.get);
    finish(f, sum.get);
  });
  return { double, addAffine, addMultiple };
}
