import { i32, i64 } from "../emitter/index.js";
import type { Body, Code, Func, I32, I64, Local, ModuleBuilder } from "../emitter/index.js";
import { at, pairLanes, single } from "./lanes.js";
import type { Lanes } from "./lanes.js";
import { arithmetic, copyBytes } from "./montgomery.js";
import type { Arithmetic } from "./montgomery.js";
import { ELEMENT_BYTES, LIMB_BITS, LIMB_MASK, LIMBS, PAIR_BYTES, limbBytes, toLimbs } from "./shape.js";
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
  /** (bytes, element): the canonical value, 32 bytes big-endian. */
  readonly toBytes: Unary;
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
  const fromBytes = module.func(named("fromBytes"), ["i32", "i32"], "i32", (f, destination, bytes) => {
    const limbs = readBigEndian(f, bytes);
    const borrow = borrowOf(f, limbs, shape.p);
    limbs.forEach((limb, j) => f.run(i64.store32(destination.get, limb.get, 4 * j)));
    inline.single.dot(f, destination.get, [[{ at: destination.get }, { constant: toLimbs(shape.rSquared) }]]);
    return i64.ltS(borrow.get, i64.const(0n));
  });
  const toBytes = module.func(named("toBytes"), ["i32", "i32"], "void", (f, bytes, a) => {
    const room = scratch();
    inline.single.dot(f, room, [[{ at: a.get }, { constant: toLimbs(1n) }]]);
    f.run(normalize.call(room, room));
    writeBigEndian(f, bytes, room);
  });

  const power = (exponent: bigint): Unary => powerFunction(module, functions, constant(1n), scratch(16), exponent);
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
    pair: functionsOf(module, inline.pair, (name) => named(`pair_${name}`)),
    ...{ fromBytes, toBytes, normalize, isZero, equal, invert, invertMany, power, constant, scratch },
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
function powerFunction(module: ModuleBuilder, ops: FieldFunctions, one: I32, table: I32, exponent: bigint): Unary {
  const digits = [...exponent.toString(16)].map((digit) => parseInt(digit, 16));
  const digitsAt = module.data(Uint8Array.from(digits));
  const entry = (index: I32): I32 => at(table, index, ELEMENT_BYTES);
  return module.func(undefined, ["i32", "i32"], "void", (f, destination, a) => {
    const [i, digit] = [f.local("i32"), f.local("i32")];
    copyBytes(f, table, one, ELEMENT_BYTES);
    copyBytes(f, entry(i32.const(1)), a.get, ELEMENT_BYTES);
    f.loop(i, i32.const(2), i32.const(16), 1, () => {
      f.run(ops.mul.call(entry(i.get), entry(i32.sub(i.get, i32.const(1))), a.get));
    });
    copyBytes(f, destination.get, entry(i32.const(digits[0]!)), ELEMENT_BYTES);
    f.loop(i, i32.const(1), i32.const(digits.length), 1, () => {
      for (let k = 0; k < 4; k++) f.run(ops.square.call(destination.get, destination.get));
      f.set(digit, i32.load8u(i.get, digitsAt));
      f.if(digit.get, () => f.run(ops.mul.call(destination.get, destination.get, entry(digit.get))));
    });
  });
}

/** limbs -= m if that is not negative, without a branch. */
function subtractIfNotLess(f: Body, limbs: readonly Local<"i64">[], m: readonly bigint[]): void {
  const difference = limbs.map(() => f.local("i64"));
  const carry = f.let(i64.const(0n));
  limbs.forEach((limb, j) => {
    f.set(carry, i64.add(carry.get, i64.sub(limb.get, i64.const(m[j]!))));
    f.set(difference[j]!, j < LIMBS - 1 ? i64.and(carry.get, i64.const(LIMB_MASK)) : carry.get);
    if (j < LIMBS - 1) f.set(carry, i64.shrS(carry.get, LIMB_BITS));
  });
  f.set(carry, i64.shrS(carry.get, 63)); // all ones if it went below zero
  limbs.forEach((limb, j) => {
    const kept = i64.and(i64.xor(limb.get, difference[j]!.get), carry.get);
    f.set(limb, i64.xor(difference[j]!.get, kept));
  });
}

/** The sign of limbs - m: negative if limbs < m. */
function borrowOf(f: Body, limbs: readonly Local<"i64">[], m: readonly bigint[]): Local<"i64"> {
  const carry = f.let(i64.const(0n));
  limbs.forEach((limb, j) => {
    f.set(carry, i64.shrS(i64.add(carry.get, i64.sub(limb.get, i64.const(m[j]!))), LIMB_BITS));
  });
  return carry;
}

const swapBytes = (f: Body, x: I32): I32 => {
  const w = f.let(x);
  const middle = i32.or(i32.shl(i32.and(w.get, i32.const(0xff00)), 8), i32.and(i32.shrU(w.get, 8), i32.const(0xff00)));
  return i32.or(i32.or(i32.shl(w.get, 24), i32.shrU(w.get, 24)), middle);
};

/** Limbs of 32 bytes big-endian; the top limb has 24 bits. */
function readBigEndian(f: Body, bytes: Local<"i32">): Local<"i64">[] {
  const words = Array.from({ length: 8 }, (_, k) => f.let(i64.extend(swapBytes(f, i32.load(bytes.get, 28 - 4 * k)))));
  return Array.from({ length: LIMBS }, (_, j) => {
    const [k, shift] = [(LIMB_BITS * j) >> 5, (LIMB_BITS * j) & 31];
    const above = words[k + 1];
    const both: Code<"i64"> = above ? i64.or(words[k]!.get, i64.shl(above.get, 32)) : words[k]!.get;
    return f.let(i64.and(i64.shrU(both, shift), i64.const(LIMB_MASK)));
  });
}

/** Writes a canonical element's limbs as 32 bytes big-endian. */
function writeBigEndian(f: Body, bytes: Local<"i32">, element: I32): void {
  const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(i64.load32u(element, 4 * j)));
  for (let k = 0; k < 8; k++) {
    const first = Math.floor((32 * k) / LIMB_BITS);
    let word: I64 = i64.shrU(limbs[first]!.get, 32 * k - LIMB_BITS * first);
    for (let j = first + 1; j < LIMBS && LIMB_BITS * j < 32 * (k + 1); j++) {
      word = i64.or(word, i64.shl(limbs[j]!.get, LIMB_BITS * j - 32 * k));
    }
    f.run(i32.store(bytes.get, swapBytes(f, i32.wrap(word)), 28 - 4 * k));
  }
}

/** (destination, a, b): joins two elements to a pair; and back. */
export function createPairing(module: ModuleBuilder): { readonly join: Binary; readonly split: Binary } {
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

export { ELEMENT_BYTES, PAIR_BYTES };
export type { Lanes };
