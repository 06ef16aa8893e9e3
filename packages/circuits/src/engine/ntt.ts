import type { Func, I32, ModuleBuilder } from "@sero/protocol/wasm/toolkit";
import { ELEMENT_BYTES, i32, PAIR_BYTES } from "@sero/protocol/wasm/toolkit";
import type { WasmField } from "@sero/protocol/wasm/toolkit";

/** (array, size): a transform in place, of one vector of elements or of two side by side. */
export type Transform = Func<readonly ["i32", "i32"], "void">;

/**
 * Adds the number-theoretic transform to a module: from values in bit-reversed order to sums of value_i * root^(i k) in natural order, by
 * decimation in time (Cooley and Tukey 1965), for sizes of 2 to `size`. `roots` is the address of root^k, k < size/2, for the size.
 *
 * Bounds: a butterfly makes u + wv and u - wv + 2p, where wv comes out of a product below 1.4p as long as v is below 60p. So a stage adds at
 * most 2p, and up to 20 stages from values below 16p stay below 56p: factors of w as they are, and far below 2^261.
 */
export function createTransforms(
  module: ModuleBuilder,
  field: WasmField,
  roots: number,
  size: number,
): { readonly single: Transform; readonly pair: Transform } {
  return {
    single: transform(module, field, "single", ELEMENT_BYTES, roots, size),
    pair: transform(module, field, "pair", PAIR_BYTES, roots, size),
  };
}

function transform(
  module: ModuleBuilder,
  field: WasmField,
  width: "single" | "pair",
  bytes: number,
  roots: number,
  full: number,
): Transform {
  const ops = field.inline[width];
  const product = i32.const(module.reserve(bytes));
  const butterfly = module.func(undefined, ["i32", "i32", "i32"], "void", (f, u, v, w) => {
    ops.dot(f, product, [[{ spread: w.get }, { at: v.get }]]);
    ops.sum(f, v.get, [u.get], [product], 2n);
    ops.sum(f, u.get, [u.get, product]);
  });
  const by = (count: I32, unit: number): I32 => i32.mul(count, i32.const(unit));
  return module.func(undefined, ["i32", "i32"], "void", (f, array, size) => {
    const [u, w, stop, block] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const half = f.let(i32.const(1));
    const end = f.let(i32.add(array.get, by(size.get, bytes)));
    f.while(i32.ltU(half.get, size.get), () => {
      const distance = f.let(by(half.get, bytes));
      const step = f.let(i32.divU(i32.const((full / 2) * ELEMENT_BYTES), half.get));
      f.set(block, array.get);
      f.while(i32.ltU(block.get, end.get), () => {
        f.set(u, block.get);
        f.set(w, i32.const(roots));
        f.set(stop, i32.add(block.get, distance.get));
        f.while(i32.ltU(u.get, stop.get), () => {
          f.run(butterfly.call(u.get, i32.add(u.get, distance.get), w.get));
          f.set(u, i32.add(u.get, i32.const(bytes)));
          f.set(w, i32.add(w.get, step.get));
        });
        f.set(block, i32.add(stop.get, distance.get));
      });
      f.set(half, i32.shl(half.get, 1));
    });
  });
}

/** The lowest `bits` bits of i in reverse. */
export function reverseBits(i: number, bits: number): number {
  let out = 0;
  for (let k = 0; k < bits; k++) out |= ((i >> k) & 1) << (bits - 1 - k);
  return out;
}
