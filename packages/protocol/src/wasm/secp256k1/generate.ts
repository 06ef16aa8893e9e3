import { secp256k1 } from "@noble/curves/secp256k1.js";
import { createModule, i32 } from "../emitter/index.js";
import type { I32, ModuleBuilder } from "../emitter/index.js";
import { at, createField, ELEMENT_BYTES, fieldShape, limbBytes } from "../field/index.js";
import type { FieldShape, WasmField } from "../field/index.js";
import { BETA, N, P, tableSize, WINDOW } from "./constants.js";
import { AFFINE_BYTES, createPoints, MULTIPLE_BYTES, part, SUM_BYTES } from "./curve.js";
import { DIGITS, TRACKS } from "./scalars.js";

/** Where a running module takes its operands and puts its results. */
export interface Places {
  /** r, s and digest, 32 bytes big-endian each. */
  readonly input: number;
  /** u1 and u2, or x and y: 32 bytes big-endian each. */
  readonly output: number;
  /** TRACKS signed bytes for each of DIGITS places. */
  readonly digits: number;
}

/**
 * The module of public key recovery. It exports
 * - lift (parity): takes r as the x of a point R whose y has this parity, and makes R's tables; 1, or 0 if there is no such point;
 * - scalars (): u1 = -digest/r and u2 = s/r modulo N to the output;
 * - combine (places): u1*G + u2*R from the digits to the output; 1, or 0 if that is infinity.
 */
export function generateRecovery() {
  const module = createModule();
  const places: Places = {
    input: module.reserve(3 * 32),
    output: module.reserve(2 * 32),
    digits: module.reserve(TRACKS * DIGITS),
  };
  const field = createField(module, fieldShape(P));
  exportScalars(module, places);
  exportPoints(module, field, places);
  return { ...module.finish(), places };
}

function exportScalars(module: ModuleBuilder, { input, output }: Places): void {
  const field = createField(module, fieldShape(N));
  const { mul } = field.single;
  const [value, inverse, zero] = [field.scratch(), field.scratch(), field.constant(0n)];
  const read = (index: number): I32 => field.fromBytes.call(value, i32.const(input + 32 * index));
  module.func("scalars", [], "void", (f) => {
    f.run(i32.drop(read(0)), field.invert.call(inverse, value));
    // A digest of N and more is taken modulo N: the reader computes on whatever it reads.
    f.run(i32.drop(read(2)));
    field.inline.single.sum(f, value, [zero], [value], 4n);
    f.run(mul.call(value, value, inverse), field.toBytes.call(i32.const(output), value));
    f.run(i32.drop(read(1)), mul.call(value, value, inverse), field.toBytes.call(i32.const(output + 32), value));
  });
}

function exportPoints(module: ModuleBuilder, field: WasmField, { input, output, digits }: Places): void {
  const { double, addAffine, addMultiple } = createPoints(module, field);
  const { mul, square, sub, add } = field.single;
  const { copy } = field.inline.single;
  const { generator, image } = generatorTables(module, field.shape);
  const table = (): I32 => i32.const(module.reserve(tableSize(WINDOW.point) * MULTIPLE_BYTES));
  const [ofR, imageOfR] = [table(), table()];
  const sum = i32.const(module.reserve(SUM_BYTES));
  const [one, zero, seven, beta] = [1n, 0n, 7n, BETA].map((x) => field.constant(x)) as [I32, I32, I32, I32];
  const root = field.power((P + 1n) / 4n);

  /** Copies the sum into a table's place. */
  const keep = module.func(undefined, ["i32"], "void", (f, entry) => {
    for (let k = 0; k < 3; k++) copy(f, part(entry.get, k), part(sum, k));
    f.run(square.call(part(entry.get, 3), part(sum, 2)));
    f.run(mul.call(part(entry.get, 4), part(entry.get, 3), part(sum, 2)));
  });
  const twiceR = i32.const(module.reserve(MULTIPLE_BYTES));
  const [x, y] = [field.scratch(), field.scratch()];
  module.func("lift", ["i32"], "i32", (f, parity) => {
    const i = f.local("i32");
    f.run(i32.drop(field.fromBytes.call(x, i32.const(input))));
    f.run(square.call(y, x), mul.call(y, y, x), add.call(y, y, seven), root.call(part(sum, 1), y));
    f.run(square.call(part(sum, 2), part(sum, 1)));
    f.if(i32.eqz(field.equal.call(part(sum, 2), y)), () => f.return(i32.const(0)));
    f.run(field.toBytes.call(i32.const(output), part(sum, 1)));
    const odd = i32.and(i32.load8u(i32.const(output + 31)), i32.const(1));
    f.if(i32.ne(odd, parity.get), () => {
      f.run(sub.call(part(sum, 1), zero, part(sum, 1)), mul.call(part(sum, 1), part(sum, 1), one));
    });
    copy(f, sum, x);
    copy(f, part(sum, 2), one);
    f.run(keep.call(ofR), double.call(sum), keep.call(twiceR));
    for (let k = 0; k < 3; k++) copy(f, part(sum, k), part(ofR, k));
    f.loop(i, i32.const(1), i32.const(tableSize(WINDOW.point)), 1, () => {
      f.run(addMultiple.call(sum, twiceR, i32.const(0)), keep.call(at(ofR, i.get, MULTIPLE_BYTES)));
    });
    f.loop(i, i32.const(0), i32.const(tableSize(WINDOW.point)), 1, () => {
      const [from, to] = [f.let(at(ofR, i.get, MULTIPLE_BYTES)).get, f.let(at(imageOfR, i.get, MULTIPLE_BYTES)).get];
      for (let k = 1; k < 5; k++) copy(f, part(to, k), part(from, k));
      f.run(mul.call(to, from, beta));
    });
    return i32.const(1);
  });

  const tracks = [
    { table: generator, size: AFFINE_BYTES, run: addAffine },
    { table: image, size: AFFINE_BYTES, run: addAffine },
    { table: ofR, size: MULTIPLE_BYTES, run: addMultiple },
    { table: imageOfR, size: MULTIPLE_BYTES, run: addMultiple },
  ];
  const inverse = field.scratch();
  module.func("combine", ["i32"], "i32", (f, count) => {
    const [place, digit] = [f.local("i32"), f.local("i32")];
    for (let offset = 0; offset < SUM_BYTES; offset += 4) f.run(i32.store(sum, i32.const(0), offset));
    f.set(place, i32.add(i32.const(digits), i32.mul(count.get, i32.const(TRACKS))));
    f.while(i32.gtU(place.get, i32.const(digits)), () => {
      f.set(place, i32.sub(place.get, i32.const(TRACKS)));
      f.run(double.call(sum));
      f.if(i32.load(place.get), () => {
        tracks.forEach((track, k) => {
          f.set(digit, i32.sub(i32.xor(i32.load8u(place.get, k), i32.const(128)), i32.const(128)));
          f.if(digit.get, () => {
            const negative = f.let(i32.shrU(digit.get, 31));
            f.if(negative.get, () => f.set(digit, i32.sub(i32.const(0), digit.get)));
            f.run(track.run.call(sum, at(track.table, i32.shrU(digit.get, 1), track.size), negative.get));
          });
        });
      });
    });
    f.if(field.isZero.call(part(sum, 2)), () => f.return(i32.const(0)));
    f.run(field.invert.call(inverse, part(sum, 2)), square.call(x, inverse), mul.call(inverse, inverse, x));
    f.run(mul.call(x, x, sum), mul.call(y, inverse, part(sum, 1)));
    f.run(field.toBytes.call(i32.const(output), x), field.toBytes.call(i32.const(output + 32), y));
    return i32.const(1);
  });
}

/** Odd multiples of the generator, and LAMBDA times them, as constants of the module. */
function generatorTables(module: ModuleBuilder, shape: FieldShape): { readonly generator: I32; readonly image: I32 } {
  const count = tableSize(WINDOW.generator);
  const [generator, image] = [new Uint8Array(count * AFFINE_BYTES), new Uint8Array(count * AFFINE_BYTES)];
  const base = secp256k1.Point.BASE;
  const double = base.double();
  let multiple = base;
  for (let i = 0; i < count; i++) {
    const { x, y } = multiple.toAffine();
    for (const [table, first] of [
      [generator, x],
      [image, (x * BETA) % P],
    ] as const) {
      table.set(limbBytes(shape.enter(first)), i * AFFINE_BYTES);
      table.set(limbBytes(shape.enter(y)), i * AFFINE_BYTES + ELEMENT_BYTES);
    }
    multiple = multiple.add(double);
  }
  return { generator: i32.const(module.data(generator)), image: i32.const(module.data(image)) };
}
