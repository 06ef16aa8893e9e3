import type { Body, Func, I32, ModuleBuilder } from "@sero/protocol/wasm/toolkit";
import { i32 } from "@sero/protocol/wasm/toolkit";
import type { WasmField } from "@sero/protocol/wasm/toolkit";
import { type Binary, isZeroWords, type Tower, type Unary } from "./tower.js";

/**
 * Points (X : Y : Z) standing for (X/Z^2, Y/Z^3) on y^2 = x^3 + b; Z of zero bytes is the point at infinity. Complete: equal, opposite and
 * infinite operands are recognised. The destination may be an operand. (Formulas: dbl-2009-l, madd-2007-bl and add-2007-bl of the
 * Explicit-Formulas Database, without their tricks that trade products for squares.)
 */
export interface Jacobian {
  readonly bytes: number;
  readonly double: Unary;
  readonly add: Binary;
  /** (destination, point, affine): the affine point is never infinity. */
  readonly addMixed: Binary;
  /** (affine, point): 1, or 0 with nothing written if the point is at infinity. */
  readonly toAffine: Func<readonly ["i32", "i32"], "i32">;
}

/** Adds point arithmetic to a module, exported as `<name>_double` and so on. `tower` is at single width. */
export function createJacobian(module: ModuleBuilder, field: WasmField, tower: Tower, name: string): Jacobian {
  const { size, mul, square, mulMinus, squareMinus, sub } = tower;
  const room = (count = 1): I32 => i32.const(module.reserve(count * size));
  const y = (point: I32): I32 => i32.add(point, i32.const(size));
  const z = (point: I32): I32 => i32.add(point, i32.const(2 * size));
  const isZero = (element: I32): I32 =>
    tower.degree === 1
      ? field.isZero.call(element)
      : i32.and(field.isZero.call(element), field.isZero.call(i32.add(element, i32.const(size / 2))));
  const setInfinity = (f: Body, point: I32): void => {
    for (let offset = 0; offset < 3 * size; offset += 4) f.run(i32.store(point, i32.const(0), offset));
  };
  const copyPoint = (f: Body, destination: I32, source: I32): void => {
    for (let i = 0; i < 3; i++) {
      const offset = i32.const(i * size);
      tower.copy(f, i32.add(destination, offset), i32.add(source, offset));
    }
  };
  const one = field.constant(1n);

  const setOne = (f: Body, element: I32): void => {
    field.inline.single.copy(f, element, one);
    for (let offset = size / tower.degree; offset < size; offset += 4) f.run(i32.store(element, i32.const(0), offset));
  };

  const double = module.func(`${name}_double`, ["i32", "i32"], "void", (f, d, p) => {
    const [a, b, c, xb, e, t, eightC] = Array.from({ length: 7 }, () => room()) as [I32, I32, I32, I32, I32, I32, I32];
    const newX = room();
    f.run(square.call(a, p.get), square.call(b, y(p.get)), square.call(c, b), mul.call(xb, p.get, b));
    tower.times(f, e, a, 3);
    tower.times(f, t, xb, 8);
    tower.times(f, eightC, c, 8);
    f.run(squareMinus.call(newX, e, t));
    tower.times(f, t, xb, 4);
    f.run(sub.call(t, t, newX));
    tower.times(f, a, y(p.get), 2);
    // Infinity stays so: Z of zeros times anything is zeros.
    f.run(mul.call(z(d.get), a, z(p.get)), mulMinus.call(y(d.get), e, t, eightC));
    tower.copy(f, d.get, newX);
  });

  /** The end of both additions: from U1, S1, H = U2 - U1, R = S2 - S1 and the product of the Zs. */
  const finish = (f: Body, d: I32, u1: I32, s1: I32, h: I32, r: I32, zz: I32): void => {
    const [hh, hhh, v, t] = [room(), room(), room(), room()];
    f.run(square.call(hh, h), mul.call(hhh, hh, h), mul.call(v, u1, hh), mul.call(s1, s1, hhh));
    tower.times(f, t, v, 2);
    f.run(tower.add.call(t, t, hhh), squareMinus.call(d, r, t), sub.call(t, v, d));
    // R stands second: it may be 6, and so may be V - X3, of which one is negated within.
    f.run(mulMinus.call(y(d), r, t, s1), mul.call(z(d), h, zz));
  };

  const addMixed = module.func(`${name}_addMixed`, ["i32", "i32", "i32"], "void", (f, d, p, q) => {
    const [u1, s1, h, r, zz, w] = Array.from({ length: 6 }, () => room()) as [I32, I32, I32, I32, I32, I32];
    f.if(isZeroWords(z(p.get), size), () => {
      tower.copy(f, d.get, q.get);
      tower.copy(f, y(d.get), y(q.get));
      setOne(f, z(d.get));
      f.return(i32.const(0));
    });
    f.run(square.call(zz, z(p.get)), mul.call(w, q.get, zz), sub.call(h, w, p.get));
    f.run(mul.call(zz, zz, z(p.get)), mul.call(w, y(q.get), zz), sub.call(r, w, y(p.get)));
    f.if(isZero(h), () => {
      f.if(
        isZero(r),
        () => f.run(double.call(d.get, p.get)),
        () => setInfinity(f, d.get),
      );
      f.return(i32.const(0));
    });
    tower.copy(f, u1, p.get);
    tower.copy(f, s1, y(p.get));
    tower.copy(f, zz, z(p.get));
    finish(f, d.get, u1, s1, h, r, zz);
  });

  const add = module.func(`${name}_add`, ["i32", "i32", "i32"], "void", (f, d, p, q) => {
    const [u1, s1, h, r, zz, w, qq] = Array.from({ length: 7 }, () => room()) as [I32, I32, I32, I32, I32, I32, I32];
    f.if(isZeroWords(z(q.get), size), () => {
      copyPoint(f, d.get, p.get);
      f.return(i32.const(0));
    });
    f.if(isZeroWords(z(p.get), size), () => {
      copyPoint(f, d.get, q.get);
      f.return(i32.const(0));
    });
    f.run(square.call(zz, z(p.get)), square.call(qq, z(q.get)));
    f.run(mul.call(u1, p.get, qq), mul.call(w, q.get, zz), sub.call(h, w, u1));
    f.run(mul.call(zz, zz, z(p.get)), mul.call(qq, qq, z(q.get)));
    f.run(mul.call(s1, y(p.get), qq), mul.call(w, y(q.get), zz), sub.call(r, w, s1));
    f.if(isZero(h), () => {
      f.if(
        isZero(r),
        () => f.run(double.call(d.get, p.get)),
        () => setInfinity(f, d.get),
      );
      f.return(i32.const(0));
    });
    f.run(mul.call(zz, z(p.get), z(q.get)));
    finish(f, d.get, u1, s1, h, r, zz);
  });

  const invert = createInversion(module, field, tower);
  const toAffine = module.func(`${name}_toAffine`, ["i32", "i32"], "i32", (f, d, p) => {
    const [inverse, squared] = [room(), room()];
    f.if(isZeroWords(z(p.get), size), () => f.return(i32.const(0)));
    f.run(invert.call(inverse, z(p.get)), square.call(squared, inverse));
    f.run(mul.call(inverse, inverse, squared), mul.call(y(d.get), y(p.get), inverse), mul.call(d.get, p.get, squared));
    return i32.const(1);
  });
  return { bytes: 3 * size, double, add, addMixed, toAffine };
}

/** (destination, a): 1/a at single width; in the extension conj(a) / (a0^2 + a1^2). The destination must not be `a`. */
export function createInversion(module: ModuleBuilder, field: WasmField, tower: Tower): Unary {
  if (tower.degree === 1) return field.invert;
  const unit = tower.size / 2;
  const [norm, inverse, zero] = [field.scratch(), field.scratch(), field.scratch()];
  return module.func(undefined, ["i32", "i32"], "void", (f, d, a) => {
    const a1 = i32.add(a.get, i32.const(unit));
    const { single } = field.inline;
    single.dot(f, norm, [
      [{ at: a.get }, { at: a.get }],
      [{ at: a1 }, { at: a1 }],
    ]);
    f.run(field.invert.call(inverse, norm));
    single.sum(f, norm, [zero], [a1], 6n);
    single.mul(f, d.get, a.get, inverse);
    single.mul(f, i32.add(d.get, i32.const(unit)), norm, inverse);
  });
}
