import { CURVE_A, CURVE_D } from "../../curve/index.js";
import { FIELD_ORDER, Fr } from "../../field/index.js";
import { i32, i64 } from "../emitter/index.js";
import type { Func, I32, ModuleBuilder } from "../emitter/index.js";
import { ELEMENT_BYTES, LIMBS, borrowOf, toLimbs } from "../field/index.js";
import type { WasmField } from "../field/index.js";
import { POINT_BYTES_IN_MEMORY, SCALE, SUM_BYTES } from "./curve.js";
import type { WasmCurve } from "./curve.js";
import { createSquareRoots } from "./square-root.js";

/** What `decode` says of an encoding. */
export const DECODED = { bad: 0, lowOrder: 1, good: 2 } as const;

/** Bytes of room that `decode` needs for `count` encodings. */
export const decodeRoom = (count: number): number => 4 * count * ELEMENT_BYTES;

/**
 * Adds `decode` (points, flags, encodings, count, room): decodes an even number of points in 32 bytes each, y little-endian and the top
 * bit set if x > (r-1)/2, as `decodePoint` does, and says of each whether it is no canonical encoding of a point of the
 * curve, a point of low order (8*p = identity), or a good one. Points that are not bad are prepared for the bucket method.
 */
export function createDecoder(
  module: ModuleBuilder,
  field: WasmField,
  curve: WasmCurve,
): Func<readonly ["i32", "i32", "i32", "i32", "i32"], "void"> {
  const { mul, square, sub } = field.single;
  const roots = createSquareRoots(module, field);
  const [one, zero, a, d] = [1n, 0n, CURVE_A, CURVE_D].map((x) => field.constant(x)) as [I32, I32, I32, I32];
  const scale = field.constant(SCALE);
  const [squared, plain] = [field.scratch(), field.scratch()];
  const sum = i32.const(module.reserve(SUM_BYTES));
  const at = (base: I32, index: I32): I32 => i32.add(base, i32.mul(index, i32.const(ELEMENT_BYTES)));
  const half = toLimbs((FIELD_ORDER + 1n) / 2n);

  /** 1 if the canonical value of x is above (r-1)/2. */
  const isLarge = module.func(undefined, ["i32"], "i32", (f, x) => {
    field.inline.single.dot(f, plain, [[{ at: x.get }, { constant: toLimbs(1n) }]]);
    f.run(field.normalize.call(plain, plain));
    const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(i64.load32u(plain, 4 * j)));
    return i32.eqz(i64.ltS(borrowOf(f, limbs, half).get, i64.const(0n)));
  });

  /** (point, x, y, encoding): applies the sign, prepares the point, tells low order from good. */
  const finish = module.func(undefined, ["i32", "i32", "i32", "i32"], "i32", (f, point, x, y, encoding) => {
    const sign = f.let(i32.shrU(i32.load8u(encoding.get, 31), 7));
    f.if(i32.and(sign.get, field.isZero.call(x.get)), () => f.return(i32.const(DECODED.bad)));
    f.if(i32.ne(isLarge.call(x.get), sign.get), () => f.run(sub.call(x.get, zero, x.get)));
    f.run(mul.call(x.get, x.get, scale), curve.prepare.call(point.get, x.get, y.get));
    f.run(curve.clear.call(sum), curve.addPoint.call(sum, point.get));
    for (let k = 0; k < 3; k++) f.run(curve.double.call(sum));
    return i32.sub(i32.const(DECODED.good), curve.isIdentity.call(sum));
  });

  const unscale = field.constant(Fr.inv(SCALE));
  /** (out, wanted, count, room): after `decode`, x and y of the first `wanted` of its `count` points. */
  module.func("coordinates", ["i32", "i32", "i32", "i32"], "void", (f, out, wanted, count, room) => {
    const i = f.local("i32");
    f.loop(i, i32.const(0), wanted.get, 1, () => {
      f.run(mul.call(plain, at(room.get, i32.add(count.get, i.get)), unscale), field.toBytes.call(out.get, plain));
      f.run(field.toBytes.call(i32.add(out.get, i32.const(32)), at(room.get, i.get)));
      f.set(out, i32.add(out.get, i32.const(64)));
    });
  });

  const params = ["i32", "i32", "i32", "i32", "i32"] as const;
  return module.func("decode", params, "void", (f, points, flags, encodings, count, room) => {
    const i = f.local("i32");
    const area = (index: number): I32 => i32.add(room.get, i32.mul(count.get, i32.const(index * ELEMENT_BYTES)));
    const [ys, xs, divisors, spare] = [0, 1, 2, 3].map((k) => f.let(area(k)).get) as [I32, I32, I32, I32];
    const encoding = i32.add(encodings.get, i32.shl(i.get, 5));
    f.loop(i, i32.const(0), count.get, 1, () => {
      // a x^2 + y^2 = 1 + d x^2 y^2. The divisor a - d y^2 is never 0: a is a square and d is not.
      const y = f.let(at(ys, i.get));
      f.run(i32.store8(i32.add(flags.get, i.get), field.fromBytesLE.call(y.get, encoding)));
      f.run(square.call(squared, y.get), sub.call(at(xs, i.get), one, squared));
      f.run(mul.call(squared, squared, d), sub.call(at(divisors, i.get), a, squared));
    });
    f.run(field.invertMany.call(divisors, count.get, spare));
    f.loop(i, i32.const(0), count.get, 1, () => {
      f.run(mul.call(at(xs, i.get), at(xs, i.get), at(divisors, i.get)));
    });
    // The divisors are done with: their place takes the powers, and the spare place which of them were squares.
    f.run(roots.call(xs, count.get, divisors, spare));
    f.loop(i, i32.const(0), count.get, 1, () => {
      const flag = i32.add(flags.get, i.get);
      const point = i32.add(points.get, i32.mul(i.get, i32.const(POINT_BYTES_IN_MEMORY)));
      f.if(
        i32.and(i32.load8u(flag), i32.load8u(i32.add(spare, i.get))),
        () => {
          f.run(i32.store8(flag, finish.call(point, at(xs, i.get), at(ys, i.get), encoding)));
        },
        () => f.run(i32.store8(flag, i32.const(DECODED.bad))),
      );
    });
  });
}
