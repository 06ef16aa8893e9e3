import type { Body, Func, I32, ModuleBuilder, WasmField } from "@sero/protocol/wasm/toolkit";
import { i32, PAIR_BYTES } from "@sero/protocol/wasm/toolkit";
import type { Tower } from "../engine/tower.js";

/** Two elements of Fq2 side by side. */
export const FQ2_BYTES = 2 * PAIR_BYTES;
/** Two elements of Fq12 side by side: coefficients of 1, w, .. w^5 over Fq2, w^6 = XI. */
export const FQ12_BYTES = 6 * FQ2_BYTES;
/** The c0 of XI = 9 + u, which defines Fq12 and the twist. */
export const XI = 9;

/** What the Miller loop needs of Fq12. All values in memory are below 2p. */
export interface Fq12 {
  /** (destination, a): the square; the destination must not be `a`. */
  readonly square: Func<readonly ["i32", "i32"], "void">;
  /** (f, b, c): f = f * (1 + b w + c w^3), the form of a line's value. */
  readonly mulLine: Func<readonly ["i32", "i32", "i32"], "void">;
}

/** Adds arithmetic on pairs in Fq12 to a module. `tower` is Fq2 at pair width. */
export function createFq12(module: ModuleBuilder, field: WasmField, tower: Tower): Fq12 {
  const { reducedSum, dot } = field.inline.pair;
  const at = (base: I32, index: number): I32 => i32.add(base, i32.const(index * FQ2_BYTES));
  const c1 = (address: I32): I32 => i32.add(address, i32.const(PAIR_BYTES));
  const room = (bytes: number): I32 => i32.const(module.reserve(bytes));
  const zero = room(FQ2_BYTES);

  /** destination = plus + XI * z = plus + (9 z0 - z1) + (9 z1 + z0) u; z below 4p. */
  const addXi = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, plus, z) => {
    const times = (address: I32): { at: I32; times: number } => ({ at: address, times: XI });
    reducedSum(f, d.get, [plus.get, times(z.get)], [c1(z.get)], 4n);
    reducedSum(f, c1(d.get), [c1(plus.get), times(c1(z.get)), z.get]);
  });
  const add = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    reducedSum(f, d.get, [a.get, b.get]);
    reducedSum(f, c1(d.get), [c1(a.get), c1(b.get)]);
  });

  const product = room(FQ2_BYTES);
  const square = module.func(undefined, ["i32", "i32"], "void", (f, d, a) => {
    for (let k = 0; k < 6; k++) tower.copy(f, at(d.get, k), zero);
    for (let i = 0; i < 6; i++) {
      for (let j = i; j < 6; j++) {
        f.run(tower.mul.call(product, at(a.get, i), at(a.get, j)));
        if (i < j) f.run(tower.add.call(product, product, product));
        const target = at(d.get, (i + j) % 6);
        f.run(i + j < 6 ? add.call(target, target, product) : addXi.call(target, target, product));
      }
    }
  });

  /**
   * (destination, plus, z, x, z', y): plus + z x + z' y in Fq2, one reduction a coordinate. z and z' are given as three: (z0, z1, -z1). One
   * function a coordinate: V8 keeps less in registers in longer ones.
   */
  const params = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
  const coordinate = (imaginary: boolean): Func<typeof params, "void"> =>
    module.func(undefined, params, "void", (f, d, plus, z, x, zz, y) => {
      const terms = (k: I32, v: I32): (readonly [{ at: I32 }, { at: I32 }])[] =>
        imaginary
          ? [
              [{ at: k }, { at: c1(v) }],
              [{ at: c1(k) }, { at: v }],
            ]
          : [
              [{ at: k }, { at: v }],
              [{ at: i32.add(k, i32.const(2 * PAIR_BYTES)) }, { at: c1(v) }],
            ];
      dot(f, d.get, [...terms(z.get, x.get), ...terms(zz.get, y.get)]);
      reducedSum(f, d.get, [d.get, plus.get]);
    });
  const [real, imaginary] = [coordinate(false), coordinate(true)];

  const factor = (): I32 => room(3 * PAIR_BYTES);
  const [b, xiB, c, xiC] = [factor(), factor(), factor(), factor()];
  const result = room(FQ12_BYTES);
  const negateTail = (f: Body, z: I32): void =>
    field.inline.pair.sum(f, i32.add(z, i32.const(2 * PAIR_BYTES)), [zero], [c1(z)], 2n);
  const mulLine = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, lineB, lineC) => {
    for (const [z, xiZ, source] of [
      [b, xiB, lineB.get],
      [c, xiC, lineC.get],
    ] as const) {
      tower.copy(f, z, source);
      negateTail(f, z);
      f.run(addXi.call(xiZ, zero, source));
      negateTail(f, xiZ);
    }
    for (let k = 0; k < 6; k++) {
      const [fromB, fromC] = [(k + 5) % 6, (k + 3) % 6];
      const operands = [fromB > k ? xiB : b, at(d.get, fromB), fromC > k ? xiC : c, at(d.get, fromC)] as const;
      f.run(real.call(at(result, k), at(d.get, k), ...operands));
      f.run(imaginary.call(c1(at(result, k)), c1(at(d.get, k)), ...operands));
    }
    for (let k = 0; k < 6; k++) tower.copy(f, at(d.get, k), at(result, k));
  });
  return { square, mulLine };
}
