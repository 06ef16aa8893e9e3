import { createModule, i32, i64 } from "../emitter/index.js";
import type { Func, I32, Local, ModuleBuilder } from "../emitter/index.js";
import { LIMB_BITS, LIMB_MASK } from "../field/index.js";

/** Limbs of 29 bits that a modulus of so many bits is computed with: R is at least 32 times the modulus, so values below 2m stay so. */
export const WIDTHS = [
  { bits: 64, limbs: 3 },
  { bits: 128, limbs: 5 },
  { bits: 256, limbs: 9 },
] as const;

/** Exponent bytes taken at a time. */
export const CHUNK_BYTES = 1024;
/** Entries of the table of powers: windows of four bits. */
const TABLE = 16;
/** Most limbs. */
const MOST = 9;

/** Where a running module takes its operands, limbs as 32-bit words, and keeps the value. */
export interface Places {
  readonly modulus: number;
  /** -1/modulus modulo 2^29. */
  readonly negativeInverse: number;
  /** 1 and the base in Montgomery form, then room for the other powers. */
  readonly table: number;
  readonly value: number;
  readonly exponent: number;
}

/**
 * A module with, for each width, `power_<limbs>(count)`: value = value^(256^count) * base^(the exponent's `count` bytes), and
 * `begin_<limbs>()`: fills the table from its first two entries and sets the value to 1; `leave_<limbs>()`: value = value/R, at most m.
 */
export function generateModexp() {
  const module = createModule();
  const places: Places = {
    modulus: module.reserve(4 * MOST),
    negativeInverse: module.reserve(8),
    table: module.reserve(4 * MOST * TABLE),
    value: module.reserve(4 * MOST),
    exponent: module.reserve(CHUNK_BYTES),
  };
  const plainOne = module.reserve(4 * MOST);
  for (const { limbs } of WIDTHS) exportWidth(module, places, limbs, plainOne);
  return { ...module.finish(), places };
}

function exportWidth(module: ModuleBuilder, places: Places, limbs: number, plainOne: number): void {
  const mul = createMul(module, places, limbs);
  const [value, table] = [i32.const(places.value), i32.const(places.table)];
  const entry = (index: I32): I32 => i32.add(table, i32.mul(index, i32.const(4 * limbs)));
  module.func(`begin_${limbs}`, [], "void", (f) => {
    const i = f.local("i32");
    f.loop(i, i32.const(2), i32.const(TABLE), 1, () => {
      f.run(mul.call(entry(i.get), entry(i32.sub(i.get, i32.const(1))), entry(i32.const(1))));
    });
    for (let j = 0; j < limbs; j++) f.run(i32.store(value, i32.load(table, 4 * j), 4 * j));
  });
  module.func(`power_${limbs}`, ["i32"], "void", (f, count) => {
    const [i, byte, digit] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.loop(i, i32.const(0), count.get, 1, () => {
      f.set(byte, i32.load8u(i.get, places.exponent));
      for (const shift of [4, 0]) {
        for (let k = 0; k < 4; k++) f.run(mul.call(value, value, value));
        f.set(digit, i32.and(i32.shrU(byte.get, shift), i32.const(TABLE - 1)));
        f.if(digit.get, () => f.run(mul.call(value, value, entry(digit.get))));
      }
    });
  });
  module.func(`leave_${limbs}`, [], "void", (f) => {
    f.run(i32.store(i32.const(plainOne), i32.const(1)));
    f.run(mul.call(value, value, i32.const(plainOne)));
  });
}

type Mul = Func<readonly ["i32", "i32", "i32"], "void">;

/** (destination, a, b): a*b/R for the modulus in memory (Montgomery 1985), below 2m for factors below 2m. As field/montgomery.ts, without constants. */
function createMul(module: ModuleBuilder, places: Places, limbs: number): Mul {
  return module.func(undefined, ["i32", "i32", "i32"], "void", (f, destination, a, b) => {
    const load = (base: I32, j: number): Local<"i64"> => f.let(i64.load32u(base, 4 * j));
    const right = Array.from({ length: limbs }, (_, j) => load(b.get, j));
    const modulus = Array.from({ length: limbs }, (_, j) => load(i32.const(places.modulus), j));
    const factor = load(i32.const(places.negativeInverse), 0);
    const columns: Local<"i64">[] = [];
    const add = (k: number, code: ReturnType<typeof i64.add>): void => {
      const column = columns[k];
      if (column) f.set(column, i64.add(column.get, code));
      else columns[k] = f.let(code);
    };
    const mask = i64.const(LIMB_MASK);
    const [left, q] = [f.local("i64"), f.local("i64")];
    for (let row = 0; row < limbs; row++) {
      f.set(left, i64.load32u(a.get, 4 * row));
      right.forEach((limb, j) => add(row + j, i64.mul(left.get, limb.get)));
      const lowest = columns[row]!;
      f.set(q, i64.and(i64.mul(i64.and(lowest.get, mask), factor.get), mask));
      modulus.forEach((limb, j) => add(row + j, i64.mul(q.get, limb.get)));
      add(row + 1, i64.shrU(lowest.get, LIMB_BITS));
    }
    const carry = f.let(i64.const(0n));
    for (let j = 0; j < limbs; j++) {
      const column = columns[limbs + j];
      if (column) f.set(carry, i64.add(carry.get, column.get));
      f.run(i64.store32(destination.get, i64.and(carry.get, mask), 4 * j));
      f.set(carry, i64.shrU(carry.get, LIMB_BITS));
    }
  });
}
