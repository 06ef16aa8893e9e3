import { i32 } from "../emitter/index.js";
import type { Func, ModuleBuilder } from "../emitter/index.js";
import { LIMBS } from "./shape.js";

type Ternary = Func<readonly ["i32", "i32", "i32"], "void">;

/** join: (pair, a, b) puts two elements side by side; split: (a, b, pair) takes them apart. */
export function createPairing(module: ModuleBuilder): { readonly join: Ternary; readonly split: Ternary } {
  const join = module.func(undefined, ["i32", "i32", "i32"], "void", (f, d, a, b) => {
    for (let j = 0; j < LIMBS; j++) {
      f.run(i32.store(d.get, i32.load(a.get, 4 * j), 8 * j), i32.store(d.get, i32.load(b.get, 4 * j), 8 * j + 4));
    }
  });
  const split = module.func(undefined, ["i32", "i32", "i32"], "void", (f, a, b, from) => {
    for (let j = 0; j < LIMBS; j++) {
      f.run(i32.store(a.get, i32.load(from.get, 8 * j), 4 * j), i32.store(b.get, i32.load(from.get, 8 * j + 4), 4 * j));
    }
  });
  return { join, split };
}
