import { i32, i64 } from "../emitter/index.js";
import type { Func, ModuleBuilder } from "../emitter/index.js";

/** Bytes of a scalar: 32, little-endian. */
export const SCALAR_BYTES = 32;

/** Windows that c-bit digits of a scalar of `bits` bits need, the last carry included. */
export const windowsOf = (bits: number, c: number): number => Math.ceil((bits + 1) / c);

/**
 * Adds (digits, scalars, count, c, windows): writes the signed digits of each scalar, -2^(c-1) < d <= 2^(c-1), as 16-bit
 * integers, all digits of window 0 first: digit w of scalar i stands at digits + 2*(w*count + i). c <= 16; scalars below 2^255.
 */
export function createRecoding(
  module: ModuleBuilder,
  name?: string,
): Func<readonly ["i32", "i32", "i32", "i32", "i32"], "void"> {
  // A copy with zeros behind it: a digit is read from 32 bits that may begin at byte 31.
  const room = module.reserve(48);
  return module.func(name, ["i32", "i32", "i32", "i32", "i32"], "void", (f, digits, scalars, count, c, windows) => {
    const [i, w, carry, bit, digit] = ["i", "w", "carry", "bit", "digit"].map(() => f.local("i32"));
    const radix = f.let(i32.shlBy(i32.const(1), c.get));
    const half = f.let(i32.shrU(radix.get, 1));
    f.loop(i!, i32.const(0), count.get, 1, () => {
      const scalar = i32.add(scalars.get, i32.mul(i!.get, i32.const(SCALAR_BYTES)));
      for (let k = 0; k < 4; k++) f.run(i64.store(i32.const(room), i64.load(scalar, 8 * k), 8 * k));
      f.set(carry!, i32.const(0));
      f.set(bit!, i32.const(0));
      f.loop(w!, i32.const(0), windows.get, 1, () => {
        const word = i32.load(i32.add(i32.const(room), i32.shrU(bit!.get, 3)));
        const window = i32.and(i32.shrU(word, i32.and(bit!.get, i32.const(7))), i32.sub(radix.get, i32.const(1)));
        f.set(digit!, i32.add(window, carry!.get));
        f.set(carry!, i32.gtU(digit!.get, half.get));
        f.set(digit!, i32.sub(digit!.get, i32.mul(carry!.get, radix.get)));
        const place = i32.add(i32.mul(w!.get, count.get), i!.get);
        f.run(i32.store16(i32.add(digits.get, i32.shl(place, 1)), digit!.get));
        f.set(bit!, i32.add(bit!.get, c.get));
      });
    });
  });
}
