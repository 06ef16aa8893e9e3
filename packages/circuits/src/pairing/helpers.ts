import type { Func, I32, ModuleBuilder, WasmField } from "@sero/protocol/wasm/toolkit";
import { createPairing, i32, PAIR_BYTES, pairBytes } from "@sero/protocol/wasm/toolkit";
import { createInversion } from "../engine/jacobian.js";
import type { Tower } from "../engine/tower.js";
import { PSI_X, PSI_Y } from "../verify/points.js";
import { FQ2_BYTES } from "./extension.js";

/** A constant of Fq2 in both lanes. */
export function constantOfPairs(module: ModuleBuilder, field: WasmField, value: readonly [bigint, bigint]): I32 {
  const bytes = new Uint8Array(FQ2_BYTES);
  value.forEach((c, i) => bytes.set(pairBytes(field.shape.enter(c)), i * PAIR_BYTES));
  return i32.const(module.data(bytes));
}

/** (destination, a): inverts both lanes with one inversion; 0, with the destination unchanged, if one is 0. It may be `a`. */
export function createPairInversion(
  module: ModuleBuilder,
  field: WasmField,
  single: Tower,
): Func<readonly ["i32", "i32"], "i32"> {
  const { join, split } = createPairing(module);
  const room = (): I32 => i32.const(module.reserve(single.size));
  const [left, right, product, inverse] = [room(), room(), room(), room()];
  const invert = createInversion(module, field, single);
  const second = (address: I32): I32 => i32.add(address, i32.const(single.size / 2));
  const secondOfPair = (address: I32): I32 => i32.add(address, i32.const(PAIR_BYTES));
  return module.func(undefined, ["i32", "i32"], "i32", (f, d, a) => {
    f.run(split.call(left, right, a.get), split.call(second(left), second(right), secondOfPair(a.get)));
    f.run(single.mul.call(product, left, right));
    const zero = i32.and(field.isZero.call(product), field.isZero.call(second(product)));
    f.if(zero, () => f.return(i32.const(0)));
    f.run(invert.call(inverse, product), single.mul.call(product, inverse, right));
    f.run(single.mul.call(right, inverse, left));
    f.run(join.call(d.get, product, right), join.call(secondOfPair(d.get), second(product), second(right)));
    return i32.const(1);
  });
}

/** (point): psi in place on two affine points of the twist, see PSI_X. */
export function createPsi(module: ModuleBuilder, field: WasmField, tower: Tower): Func<readonly ["i32"], "void"> {
  const factors = [PSI_X, PSI_Y].map((value) => constantOfPairs(module, field, value));
  const zero = i32.const(module.reserve(PAIR_BYTES));
  return module.func(undefined, ["i32"], "void", (f, point) => {
    factors.forEach((factor, i) => {
      const coordinate = i32.add(point.get, i32.const(i * FQ2_BYTES));
      const c1 = i32.add(coordinate, i32.const(PAIR_BYTES));
      field.inline.pair.sum(f, c1, [zero], [c1], 2n);
      f.run(tower.mul.call(coordinate, coordinate, factor));
    });
  });
}

/** (a, b): 1 if two couples of affine points are equal in both lanes; coordinates below 2p. */
export function createEquality(module: ModuleBuilder, field: WasmField): Func<readonly ["i32", "i32"], "i32"> {
  const { split } = createPairing(module);
  const difference = i32.const(module.reserve(PAIR_BYTES));
  const [left, right] = [field.scratch(), field.scratch()];
  return module.func(undefined, ["i32", "i32"], "i32", (f, a, b) => {
    for (let k = 0; k < 4; k++) {
      const by = i32.const(k * PAIR_BYTES);
      field.inline.pair.sum(f, difference, [i32.add(a.get, by)], [i32.add(b.get, by)], 2n);
      f.run(split.call(left, right, difference));
      const same = i32.and(field.isZero.call(left), field.isZero.call(right));
      f.if(i32.eqz(same), () => f.return(i32.const(0)));
    }
    return i32.const(1);
  });
}

/** Signed binary digits of x > 0, most significant first, none of two neighbours non-zero (Reitwiesner 1960). */
export function nonAdjacentForm(x: bigint): readonly number[] {
  const digits: number[] = [];
  for (let rest = x; rest > 0n;) {
    const digit = (rest & 1n) === 0n ? 0 : 2 - Number(rest & 3n);
    digits.push(digit);
    rest = (rest - BigInt(digit)) >> 1n;
  }
  return digits.reverse();
}
