import { i32, i64 } from "../emitter/index.js";
import type { Body, Func, I32, I64, ModuleBuilder } from "../emitter/index.js";
import { at, pairLanes, single } from "./lanes.js";
import { borrowOf, readBigEndian, readLittleEndian, subtractIfNotLess, writeBytes } from "./limbs.js";
import { arithmetic, copyBytes } from "./montgomery.js";
import type { Arithmetic } from "./montgomery.js";
import { ELEMENT_BYTES, LIMBS, PAIR_BYTES, limbBytes, pairBytes, toLimbs } from "./shape.js";
import type { FieldShape } from "./shape.js";

type Unary = Func<readonly ["i32", "i32"], "void">;
type Binary = Func<readonly ["i32", "i32", "i32"], "void">;

/** Arithmetic as functions on addresses: (destination, a, b). Products come out below 1.5p when A*B <= 84 (shape.ts). */
export interface FieldFunctions {
  readonly mul: Binary;
  readonly square: Unary;
  /** a + b. */
  readonly add: Binary;
  /** a - b + 4p; b below 4p. */
  readonly sub: Binary;
}

/** A field's functions inside a module under construction. */
export interface WasmField {
  readonly shape: FieldShape;
  readonly inline: { readonly single: Arithmetic; readonly pair: Arithmetic };
  readonly single: FieldFunctions;
  readonly pair: FieldFunctions;
  /** (destination, bytes): 32 bytes big-endian into Montgomery form. Returns 1 if they were below p, else 0. */
  readonly fromBytes: Func<readonly ["i32", "i32"], "i32">;
  /** The same for little-endian bytes, without the topmost bit, which is ignored. */
  readonly fromBytesLE: Func<readonly ["i32", "i32"], "i32">;
  /** (bytes, element): the canonical value, 32 bytes big-endian. */
  readonly toBytes: Unary;
  /** The same, little-endian. */
  readonly toBytesLE: Unary;
  /** (destination, a): the canonical limbs of a, still in Montgomery form; a below 32p. */
  readonly normalize: Unary;
  /** (a): 1 if a is a multiple of p; a below 32p. */
  readonly isZero: Func<readonly ["i32"], "i32">;
  /** (a, b): 1 if equal modulo p. */
  readonly equal: Func<readonly ["i32", "i32"], "i32">;
  /** (destination, a): a^(p-2), the inverse, 0 for 0. The destination must not be `a`. */
  readonly invert: Unary;
  /** (array, count, scratch of the same size): inverts every element in place (Montgomery's trick); none may be 0. */
  readonly invertMany: Func<readonly ["i32", "i32", "i32"], "void">;
  /** Makes a function (destination, a) -> a^exponent; destination must not be `a`. */
  power(exponent: bigint): Unary;
  /** The same on pairs. */
  pairPower(exponent: bigint): Unary;
  /** The address of a constant in Montgomery form. */
  constant(x: bigint): I32;
  /** The address of room for `count` elements. */
  scratch(count?: number): I32;
}

/** Adds a field's functions to a module. With `exportAs`, they are exported as `<exportAs>_mul` and so on. */
export function createField(module: ModuleBuilder, shape: FieldShape, exportAs?: string): WasmField {
  const inline = { single: arithmetic(shape, single), pair: arithmetic(shape, pairLanes(module)) };
  const named = (name: string): string | undefined => (exportAs === undefined ? undefined : `${exportAs}_${name}`);
  const functions = functionsOf(module, inline.single, (name) => named(name));
  const constant = (x: bigint): I32 => i32.const(module.data(limbBytes(shape.enter(x))));
  const scratch = (count = 1): I32 => i32.const(module.reserve(count * ELEMENT_BYTES));

  const normalize = module.func(named("normalize"), ["i32", "i32"], "void", (f, destination, a) => {
    const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(i64.load32u(a.get, 4 * j)));
    for (const multiple of [16n, 8n, 4n, 2n, 1n]) subtractIfNotLess(f, limbs, toLimbs(shape.modulus * multiple));
    limbs.forEach((limb, j) => f.run(i64.store32(destination.get, limb.get, 4 * j)));
  });
  const isZero = module.func(named("isZero"), ["i32"], "i32", (f, a) => {
    const room = scratch();
    f.run(normalize.call(room, a.get));
    let all: I64 = i64.load32u(room);
    for (let j = 1; j < LIMBS; j++) all = i64.or(all, i64.load32u(room, 4 * j));
    return i64.eqz(all);
  });
  const equal = module.func(named("equal"), ["i32", "i32"], "i32", (f, a, b) => {
    const room = scratch();
    f.run(functions.sub.call(room, a.get, b.get));
    return isZero.call(room);
  });
  const reader = (name: string, read: typeof readBigEndian) =>
    module.func(named(name), ["i32", "i32"], "i32", (f, destination, bytes) => {
      const limbs = read(f, bytes);
      const borrow = borrowOf(f, limbs, shape.p);
      limbs.forEach((limb, j) => f.run(i64.store32(destination.get, limb.get, 4 * j)));
      inline.single.dot(f, destination.get, [[{ at: destination.get }, { constant: toLimbs(shape.rSquared) }]]);
      return i64.ltS(borrow.get, i64.const(0n));
    });
  const fromBytes = reader("fromBytes", readBigEndian);
  const fromBytesLE = reader("fromBytesLE", readLittleEndian);
  const writer = (name: string, order: "big" | "little"): Unary =>
    module.func(named(name), ["i32", "i32"], "void", (f, bytes, a) => {
      const room = scratch();
      inline.single.dot(f, room, [[{ at: a.get }, { constant: toLimbs(1n) }]]);
      f.run(normalize.call(room, room));
      writeBytes(f, bytes, room, order);
    });
  const toBytes = writer("toBytes", "big");
  const toBytesLE = writer("toBytesLE", "little");

  const pair = functionsOf(module, inline.pair, (name) => named(`pair_${name}`));
  const power = (exponent: bigint): Unary => {
    const [one, table] = [module.data(limbBytes(shape.enter(1n))), module.reserve(16 * ELEMENT_BYTES)];
    return powerFunction(module, functions, { one, table, size: ELEMENT_BYTES }, exponent);
  };
  const pairPower = (exponent: bigint): Unary => {
    const one = module.data(pairBytes(shape.enter(1n)));
    const room = { one, table: module.reserve(16 * PAIR_BYTES), size: PAIR_BYTES };
    return powerFunction(module, pair, room, exponent);
  };
  const invert = power(shape.modulus - 2n);
  const invertMany = module.func(named("invertMany"), ["i32", "i32", "i32"], "void", (f, array, count, prefix) => {
    const [i, running, next] = [f.local("i32"), scratch(), scratch()];
    inline.single.copy(f, running, constant(1n));
    f.loop(i, i32.const(0), count.get, 1, () => {
      inline.single.copy(f, at(prefix.get, i.get, ELEMENT_BYTES), running);
      f.run(functions.mul.call(running, running, at(array.get, i.get, ELEMENT_BYTES)));
    });
    f.run(invert.call(next, running));
    f.set(i, count.get);
    f.while(i32.gtU(i.get, i32.const(0)), () => {
      f.set(i, i32.sub(i.get, i32.const(1)));
      const element = f.let(at(array.get, i.get, ELEMENT_BYTES));
      f.run(
        functions.mul.call(running, next, element.get),
        functions.mul.call(element.get, next, at(prefix.get, i.get, ELEMENT_BYTES)),
      );
      inline.single.copy(f, next, running);
    });
  });

  return {
    shape,
    inline,
    single: functions,
    pair,
    ...{
      fromBytes,
      fromBytesLE,
      toBytes,
      toBytesLE,
      normalize,
      isZero,
      equal,
      invert,
      invertMany,
      power,
      pairPower,
      constant,
      scratch,
    },
  };
}

function functionsOf(
  module: ModuleBuilder,
  ops: Arithmetic,
  named: (name: string) => string | undefined,
): FieldFunctions {
  const binary = (name: string, build: (f: Body, destination: I32, a: I32, b: I32) => void): Binary =>
    module.func(named(name), ["i32", "i32", "i32"], "void", (f, d, a, b) => build(f, d.get, a.get, b.get));
  return {
    mul: binary("mul", ops.mul),
    square: module.func(named("square"), ["i32", "i32"], "void", (f, d, a) => ops.square(f, d.get, a.get)),
    add: binary("add", (f, d, a, b) => ops.sum(f, d, [a, b])),
    sub: binary("sub", (f, d, a, b) => ops.sum(f, d, [a], [b], 4n)),
  };
}

/** Left-to-right exponentiation by windows of 4 bits (Handbook of Applied Cryptography, 14.82). The exponent is public. */
function powerFunction(
  module: ModuleBuilder,
  ops: FieldFunctions,
  room: { readonly one: number; readonly table: number; readonly size: number },
  exponent: bigint,
): Unary {
  const [one, table, size] = [i32.const(room.one), i32.const(room.table), room.size];
  const digits = [...exponent.toString(16)].map((digit) => parseInt(digit, 16));
  const digitsAt = module.data(Uint8Array.from(digits));
  const entry = (index: I32): I32 => at(table, index, size);
  return module.func(undefined, ["i32", "i32"], "void", (f, destination, a) => {
    const [i, digit] = [f.local("i32"), f.local("i32")];
    copyBytes(f, table, one, size);
    copyBytes(f, entry(i32.const(1)), a.get, size);
    f.loop(i, i32.const(2), i32.const(16), 1, () => {
      f.run(ops.mul.call(entry(i.get), entry(i32.sub(i.get, i32.const(1))), a.get));
    });
    copyBytes(f, destination.get, entry(i32.const(digits[0]!)), size);
    f.loop(i, i32.const(1), i32.const(digits.length), 1, () => {
      for (let k = 0; k < 4; k++) f.run(ops.square.call(destination.get, destination.get));
      f.set(digit, i32.load8u(i.get, digitsAt));
      f.if(digit.get, () => f.run(ops.mul.call(destination.get, destination.get, entry(digit.get))));
    });
  });
}
