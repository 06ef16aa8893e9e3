import { FIELD_ORDER, Fr } from "../../field/index.js";
import { i32 } from "../emitter/index.js";
import type { Func, I32, ModuleBuilder } from "../emitter/index.js";
import { ELEMENT_BYTES, LIMBS, createPairing, fieldShape, limbBytes, toLimbs } from "../field/index.js";
import type { WasmField } from "../field/index.js";

/** r - 1 = 2^28 * ODD. */
const TWO_POWER = 28;
const ODD = (FIELD_ORDER - 1n) >> BigInt(TWO_POWER);
const WINDOW = 7;
const WINDOWS = TWO_POWER / WINDOW;
const SIZE = 1 << WINDOW;

/**
 * Adds (array, count, powers, flags): replaces each z of the array by a square root of z and writes 1 to its byte of `flags`, or leaves it and
 * writes 0 if z is no square. `count` is even, `powers` is room for as many elements.
 *
 * Tonelli and Shanks with the logarithm in the group of order 2^28 read from tables, 7 bits at a time (Sarkar 2020,
 * eprint.iacr.org/2020/1407). The long power z^((ODD-1)/2) runs on two elements at once.
 */
export function createSquareRoots(
  module: ModuleBuilder,
  field: WasmField,
): Func<readonly ["i32", "i32", "i32", "i32"], "void"> {
  const { mul, square } = field.single;
  const { join, split } = createPairing(module);
  const power = field.pairPower((ODD - 1n) >> 1n);
  const tables = rootTables(module);
  const [both, raised] = [module.reserve(16 * LIMBS), module.reserve(16 * LIMBS)].map((a) => i32.const(a)) as [
    I32,
    I32,
  ];
  const [root, current, canonical] = [field.scratch(), field.scratch(), field.scratch()];
  /** b, b^(2^7), b^(2^14), b^(2^21) */
  const chain = module.reserve(WINDOWS * ELEMENT_BYTES);
  const link = (i: number): I32 => i32.const(chain + i * ELEMENT_BYTES);
  const at = (base: I32, index: I32): I32 => i32.add(base, i32.mul(index, i32.const(ELEMENT_BYTES)));
  /** g^(-j * 2^(7 i)) */
  const inverseRoot = (i: number, j: I32): I32 => at(i32.const(tables.inverses + i * SIZE * ELEMENT_BYTES), j);

  const finish = module.func(undefined, ["i32", "i32"], "i32", (f, z, t) => {
    // root^2 = z * b, where b = z^ODD lies in the group of order 2^28: b = g^m, and z is a square iff m is even.
    f.run(mul.call(root, z.get, t.get), mul.call(link(0), root, t.get));
    for (let i = 1; i < WINDOWS; i++) {
      f.run(square.call(link(i), link(i - 1)));
      for (let k = 1; k < WINDOW; k++) f.run(square.call(link(i), link(i)));
    }
    const [m, digit] = [f.local("i32"), f.local("i32")];
    const digits = Array.from({ length: WINDOWS }, () => f.local("i32"));
    for (let w = 0; w < WINDOWS; w++) {
      f.run(field.normalize.call(current, link(WINDOWS - 1 - w)));
      for (let i = 0; i < w; i++) {
        f.run(mul.call(current, current, inverseRoot(WINDOWS - 1 - w + i, digits[i]!.get)));
      }
      f.run(field.normalize.call(canonical, current));
      const hashed = i32.shrU(i32.load(canonical, 4 * tables.limb), tables.shift);
      f.set(digit, i32.load8u(i32.add(i32.const(tables.logarithms), i32.and(hashed, i32.const(tables.mask)))));
      f.set(digits[w]!, digit.get);
      f.set(m, i32.or(m.get, i32.shl(digit.get, WINDOW * w)));
    }
    f.if(i32.and(m.get, i32.const(1)), () => f.return(i32.const(0)));
    for (let i = 0; i < WINDOWS; i++) {
      const half = i32.and(i32.shrU(m.get, WINDOW * i + 1), i32.const(SIZE - 1));
      f.run(mul.call(root, root, inverseRoot(i, half)));
    }
    field.inline.single.copy(f, z.get, root);
    return i32.const(1);
  });

  return module.func(undefined, ["i32", "i32", "i32", "i32"], "void", (f, array, count, powers, flags) => {
    const i = f.local("i32");
    const next = i32.add(i.get, i32.const(1));
    f.loop(i, i32.const(0), count.get, 2, () => {
      f.run(join.call(both, at(array.get, i.get), at(array.get, next)), power.call(raised, both));
      f.run(split.call(at(powers.get, i.get), at(powers.get, next), raised));
    });
    f.loop(i, i32.const(0), count.get, 1, () => {
      const z = f.let(at(array.get, i.get));
      const flag = i32.add(flags.get, i.get);
      // 0 is the square of 0, and in no table
      f.if(
        field.isZero.call(z.get),
        () => f.run(i32.store8(flag, i32.const(1))),
        () => f.run(i32.store8(flag, finish.call(z.get, at(powers.get, i.get)))),
      );
    });
  });
}

interface RootTables {
  /** Of g^(-j * 2^(7 i)), at i * 128 + j. */
  readonly inverses: number;
  /** From bits of the canonical Montgomery limbs of h^j, h = g^(2^21), to j. */
  readonly logarithms: number;
  readonly limb: number;
  readonly shift: number;
  readonly mask: number;
}

function rootTables(module: ModuleBuilder): RootTables {
  const shape = fieldShape(FIELD_ORDER);
  const g = Fr.pow(nonSquare(), ODD);
  const inverses = new Uint8Array(WINDOWS * SIZE * ELEMENT_BYTES);
  for (let i = 0, step = Fr.inv(g); i < WINDOWS; i++) {
    for (let j = 0, x = 1n; j < SIZE; j++, x = Fr.mul(x, step)) {
      inverses.set(limbBytes(shape.enter(x)), (i * SIZE + j) * ELEMENT_BYTES);
    }
    step = Fr.pow(step, 1n << BigInt(WINDOW));
  }
  const h = Fr.pow(g, 1n << BigInt(TWO_POWER - WINDOW));
  const powers = Array.from({ length: SIZE }, (_, j) => toLimbs(shape.enter(Fr.pow(h, BigInt(j)))));
  // Some 13 bits of some limb tell all 128 powers apart.
  const mask = (1 << 13) - 1;
  for (let limb = 0; limb < LIMBS - 1; limb++) {
    for (let shift = 0; shift <= 29 - 13; shift++) {
      const places = powers.map((limbs) => (Number(limbs[limb]!) >> shift) & mask);
      if (new Set(places).size < SIZE) continue;
      const logarithms = new Uint8Array(mask + 1);
      places.forEach((place, j) => (logarithms[place] = j));
      return { inverses: module.data(inverses), logarithms: module.data(logarithms), limb, shift, mask };
    }
  }
  throw new RangeError("no bits tell the roots of unity apart");
}

/** The least integer that is no square modulo r. */
function nonSquare(): bigint {
  let x = 2n;
  while (Fr.sqrt(x) !== undefined) x++;
  return x;
}
