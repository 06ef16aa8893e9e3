import type { Func, I32, ModuleBuilder, WasmField } from "@sero/protocol/wasm/toolkit";
import {
  at,
  createField,
  createModule,
  ELEMENT_BYTES,
  fieldShape,
  i32,
  LIMBS,
  PAIR_BYTES,
} from "@sero/protocol/wasm/toolkit";
import { createJacobian } from "../engine/jacobian.js";
import { createTower } from "../engine/tower.js";
import { BASE_FIELD_ORDER } from "../verify/constants.js";
import { FQ12_BYTES } from "./extension.js";
import { createLadder, G1_BYTES, JACOBIAN_BYTES, LADDER_POINT_BYTES, WEIGHT_BYTES } from "./ladder.js";
import { createMillerLoop, G1_PAIR_BYTES, G2_PAIR_BYTES } from "./miller.js";

/** Bytes of an affine point of G2 at single width: x.c0, x.c1, y.c0, y.c1. */
export const G2_BYTES = 4 * ELEMENT_BYTES;
/** Bytes of what `result` writes: for each lane twelve coordinates of 32 bytes. */
export const RESULT_BYTES = 2 * 12 * 32;
/** 3 / (9 + u): the twist is y^2 = x^3 + TWIST_B. */
const TWIST_B: readonly [bigint, bigint] = [
  19485874751759354771024239261021720505790618469301721065564631296452457478373n,
  266929791119991161246907387137283842545076965332900288569378510910307636690n,
];

/**
 * The module of the batch verifier. Besides `miller` (miller.ts) it exports
 * - readG1 (point, bytes) and readG2 (point, bytes): EIP-197's encodings into single affine points; 1 if canonical and on the curve, else 0;
 * - invertX (points, count, room): writes 1/x behind each of the ladder's points; room for 2 * count elements; 1 if some x was 0, else 0;
 * - weigh (out, points, signs, count): Jacobian weight * point for an even number of the ladder's points;
 * - fromAffine (jacobian, point), negate (jacobian), g1_add (destination, a, b);
 * - placeG1 (points, count, room): the loop's operands from Jacobian points of G1, none at infinity; room as above; 1 if some Y was 0;
 * - placeG2 (index, point): puts a point of G2 in its place;
 * - result (out).
 */
export function generatePairingModule(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly heapBase: number } {
  const module = createModule();
  const field = createField(module, fieldShape(BASE_FIELD_ORDER));
  const loop = createMillerLoop(module, field);
  exportReaders(module, field);
  exportWeighing(module, field);
  createJacobian(module, field, createTower(module, field, 1, "single"), "g1");
  exportPlacing(module, field, loop);

  module.func("result", ["i32"], "void", (f, out) => {
    const element = field.scratch();
    for (let i = 0; i < 24; i++) {
      const [lane, coordinate] = [Math.floor(i / 12), i % 12];
      const source = loop.result + coordinate * (FQ12_BYTES / 12) + 4 * lane;
      for (let j = 0; j < LIMBS; j++) f.run(i32.store(element, i32.load(i32.const(source), 8 * j), 4 * j));
      f.run(field.toBytes.call(i32.add(out.get, i32.const(32 * i)), element));
    }
  });
  return module.finish();
}

function exportReaders(module: ModuleBuilder, field: WasmField): void {
  const { mul, square, add } = field.single;
  const [left, right] = [field.scratch(), field.scratch()];
  const three = field.constant(3n);
  const read = (address: I32, bytes: I32): I32 => field.fromBytes.call(address, bytes);
  const offset = (base: I32, bytes: number): I32 => i32.add(base, i32.const(bytes));
  module.func("readG1", ["i32", "i32"], "i32", (f, point, bytes) => {
    const [x, y] = [point.get, offset(point.get, ELEMENT_BYTES)];
    const canonical = f.let(i32.and(read(x, bytes.get), read(y, offset(bytes.get, 32))));
    f.run(square.call(left, y), square.call(right, x), mul.call(right, right, x), add.call(right, right, three));
    return i32.and(canonical.get, field.equal.call(left, right));
  });

  const tower = createTower(module, field, 2, "single");
  const [l, r] = [i32.const(module.reserve(tower.size)), i32.const(module.reserve(tower.size))];
  const twist = TWIST_B.map((c) => field.constant(c)) as [I32, I32];
  module.func("readG2", ["i32", "i32"], "i32", (f, point, bytes) => {
    const canonical = f.let(i32.const(1));
    [1, 0, 3, 2].forEach((coordinate, i) => {
      const target = offset(point.get, coordinate * ELEMENT_BYTES);
      f.set(canonical, i32.and(canonical.get, read(target, offset(bytes.get, 32 * i))));
    });
    f.run(tower.square.call(l, offset(point.get, tower.size)), tower.square.call(r, point.get));
    f.run(tower.mul.call(r, r, point.get));
    f.run(add.call(r, r, twist[0]), add.call(offset(r, ELEMENT_BYTES), offset(r, ELEMENT_BYTES), twist[1]));
    const second = field.equal.call(offset(l, ELEMENT_BYTES), offset(r, ELEMENT_BYTES));
    return i32.and(i32.and(canonical.get, field.equal.call(l, r)), second);
  });
}

function exportWeighing(module: ModuleBuilder, field: WasmField): void {
  const ladder = createLadder(module, field);
  const { copy } = field.inline.single;
  module.func("invertX", ["i32", "i32", "i32"], "i32", (f, points, count, room) => {
    const i = f.local("i32");
    const point = at(points.get, i.get, LADDER_POINT_BYTES);
    const element = at(room.get, i.get, ELEMENT_BYTES);
    f.loop(i, i32.const(0), count.get, 1, () => copy(f, element, point));
    f.run(field.invertMany.call(room.get, count.get, at(room.get, count.get, ELEMENT_BYTES)));
    f.loop(i, i32.const(0), count.get, 1, () => copy(f, i32.add(point, i32.const(G1_BYTES)), element));
    return field.isZero.call(room.get);
  });
  module.func("weigh", ["i32", "i32", "i32", "i32"], "void", (f, out, points, signs, count) => {
    const i = f.local("i32");
    const next = i32.add(i.get, i32.const(1));
    const both = (base: I32, bytes: number): [I32, I32] => [at(base, i.get, bytes), at(base, next, bytes)];
    f.loop(i, i32.const(0), count.get, 2, () => {
      const operands = [...both(out.get, JACOBIAN_BYTES), ...both(points.get, LADDER_POINT_BYTES)] as const;
      f.run(ladder.call(...operands, ...both(signs.get, WEIGHT_BYTES)));
    });
  });
}

function exportPlacing(
  module: ModuleBuilder,
  field: WasmField,
  loop: { readonly g1: number; readonly g2: number },
): void {
  const { mul, square, sub } = field.single;
  const { copy, sum } = field.inline.single;
  const [one, zero] = [field.constant(1n), field.constant(0n)];
  const part = (base: I32, index: number): I32 => i32.add(base, i32.const(index * ELEMENT_BYTES));
  /** (pair, element): writes one lane; `pair` includes the lane's offset. */
  const put: Func<readonly ["i32", "i32"], "void"> = module.func(
    undefined,
    ["i32", "i32"],
    "void",
    (f, pair, element) => {
      for (let j = 0; j < LIMBS; j++) f.run(i32.store(pair.get, i32.load(element.get, 4 * j), 8 * j));
    },
  );
  /** Where couple index/2 has its operands, in lane index%2. */
  const place = (base: number, index: I32, bytes: number): I32 =>
    i32.add(at(i32.const(base), i32.shrU(index, 1), bytes), i32.shl(i32.and(index, i32.const(1)), 2));

  module.func("fromAffine", ["i32", "i32"], "void", (f, jacobian, point) => {
    copy(f, jacobian.get, point.get);
    copy(f, part(jacobian.get, 1), part(point.get, 1));
    copy(f, part(jacobian.get, 2), one);
  });
  module.func("negate", ["i32"], "void", (f, jacobian) => {
    const y = part(jacobian.get, 1);
    sum(f, y, [zero], [y], 4n);
    f.run(mul.call(y, y, one));
  });
  const [x, y] = [field.scratch(), field.scratch()];
  module.func("placeG1", ["i32", "i32", "i32"], "i32", (f, points, count, room) => {
    const i = f.local("i32");
    const point = at(points.get, i.get, JACOBIAN_BYTES);
    const inverse = at(room.get, i.get, ELEMENT_BYTES);
    f.loop(i, i32.const(0), count.get, 1, () => copy(f, inverse, part(point, 1)));
    f.run(field.invertMany.call(room.get, count.get, at(room.get, count.get, ELEMENT_BYTES)));
    f.loop(i, i32.const(0), count.get, 1, () => {
      // x/y = X Z / Y, 1/y = Z^3 / Y
      const z = part(point, 2);
      f.run(mul.call(x, point, z), mul.call(x, x, inverse), sub.call(x, zero, x), mul.call(x, x, one));
      f.run(square.call(y, z), mul.call(y, y, z), mul.call(y, y, inverse));
      const target = f.let(place(loop.g1, i.get, G1_PAIR_BYTES));
      f.run(put.call(target.get, x), put.call(i32.add(target.get, i32.const(PAIR_BYTES)), y));
    });
    return field.isZero.call(room.get);
  });
  module.func("placeG2", ["i32", "i32"], "void", (f, index, point) => {
    const target = f.let(place(loop.g2, index.get, G2_PAIR_BYTES));
    for (let k = 0; k < 4; k++) {
      f.run(put.call(i32.add(target.get, i32.const(k * PAIR_BYTES)), part(point.get, k)));
    }
  });
}
