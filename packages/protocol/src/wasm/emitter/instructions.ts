import { memoryArgument, op, signedLeb, unsignedLeb } from "./code.js";
import type { I32, I64, V128, Void } from "./code.js";

/** The instructions, one function each, named as in the WebAssembly specification. Operands come in evaluation order. */
export const i32 = {
  const: (value: number): I32 => op("i32", [0x41, ...signedLeb(BigInt(value | 0))]),
  load: (address: I32, offset = 0): I32 => op("i32", [0x28, ...memoryArgument(offset)], address),
  load8u: (address: I32, offset = 0): I32 => op("i32", [0x2d, ...memoryArgument(offset)], address),
  load16s: (address: I32, offset = 0): I32 => op("i32", [0x2e, ...memoryArgument(offset)], address),
  load16u: (address: I32, offset = 0): I32 => op("i32", [0x2f, ...memoryArgument(offset)], address),
  store: (address: I32, value: I32, offset = 0): Void => op("void", [0x36, ...memoryArgument(offset)], address, value),
  store8: (address: I32, value: I32, offset = 0): Void => op("void", [0x3a, ...memoryArgument(offset)], address, value),
  store16: (address: I32, value: I32, offset = 0): Void =>
    op("void", [0x3b, ...memoryArgument(offset)], address, value),
  eqz: (a: I32): I32 => op("i32", [0x45], a),
  eq: (a: I32, b: I32): I32 => op("i32", [0x46], a, b),
  ne: (a: I32, b: I32): I32 => op("i32", [0x47], a, b),
  ltS: (a: I32, b: I32): I32 => op("i32", [0x48], a, b),
  ltU: (a: I32, b: I32): I32 => op("i32", [0x49], a, b),
  gtU: (a: I32, b: I32): I32 => op("i32", [0x4b], a, b),
  geU: (a: I32, b: I32): I32 => op("i32", [0x4f], a, b),
  add: (a: I32, b: I32): I32 => op("i32", [0x6a], a, b),
  sub: (a: I32, b: I32): I32 => op("i32", [0x6b], a, b),
  mul: (a: I32, b: I32): I32 => op("i32", [0x6c], a, b),
  divU: (a: I32, b: I32): I32 => op("i32", [0x6e], a, b),
  and: (a: I32, b: I32): I32 => op("i32", [0x71], a, b),
  or: (a: I32, b: I32): I32 => op("i32", [0x72], a, b),
  xor: (a: I32, b: I32): I32 => op("i32", [0x73], a, b),
  shl: (a: I32, by: number): I32 => op("i32", [0x74], a, i32.const(by)),
  shlBy: (a: I32, by: I32): I32 => op("i32", [0x74], a, by),
  shrU: (a: I32, by: number | I32): I32 => op("i32", [0x76], a, typeof by === "number" ? i32.const(by) : by),
  drop: (a: I32): Void => op("void", [0x1a], a),
  wrap: (a: I64): I32 => op("i32", [0xa7], a),
};

export const i64 = {
  const: (value: bigint): I64 => op("i64", [0x42, ...signedLeb(BigInt.asIntN(64, value))]),
  load: (address: I32, offset = 0): I64 => op("i64", [0x29, ...memoryArgument(offset)], address),
  load32u: (address: I32, offset = 0): I64 => op("i64", [0x35, ...memoryArgument(offset)], address),
  store: (address: I32, value: I64, offset = 0): Void => op("void", [0x37, ...memoryArgument(offset)], address, value),
  store32: (address: I32, value: I64, offset = 0): Void =>
    op("void", [0x3e, ...memoryArgument(offset)], address, value),
  eqz: (a: I64): I32 => op("i32", [0x50], a),
  eq: (a: I64, b: I64): I32 => op("i32", [0x51], a, b),
  ltS: (a: I64, b: I64): I32 => op("i32", [0x53], a, b),
  add: (a: I64, b: I64): I64 => op("i64", [0x7c], a, b),
  sub: (a: I64, b: I64): I64 => op("i64", [0x7d], a, b),
  mul: (a: I64, b: I64): I64 => op("i64", [0x7e], a, b),
  and: (a: I64, b: I64): I64 => op("i64", [0x83], a, b),
  or: (a: I64, b: I64): I64 => op("i64", [0x84], a, b),
  xor: (a: I64, b: I64): I64 => op("i64", [0x85], a, b),
  shl: (a: I64, by: number): I64 => op("i64", [0x86], a, i64.const(BigInt(by))),
  shrS: (a: I64, by: number): I64 => op("i64", [0x87], a, i64.const(BigInt(by))),
  shrU: (a: I64, by: number): I64 => op("i64", [0x88], a, i64.const(BigInt(by))),
  extend: (a: I32): I64 => op("i64", [0xad], a),
};

const simd = (opcode: number): number[] => [0xfd, ...unsignedLeb(opcode)];

export const v128 = {
  load: (address: I32, offset = 0): V128 => op("v128", [...simd(0), ...memoryArgument(offset)], address),
  store: (address: I32, value: V128, offset = 0): Void =>
    op("void", [...simd(11), ...memoryArgument(offset)], address, value),
  /** Loads 32 bits into lane 0 and zeroes the rest. */
  load32Zero: (address: I32, offset = 0): V128 => op("v128", [...simd(92), ...memoryArgument(offset)], address),
  /** Loads 32 bits into all four lanes. */
  load32Splat: (address: I32, offset = 0): V128 => op("v128", [...simd(9), ...memoryArgument(offset)], address),
  /** Loads 64 bits into lanes 0 and 1 and zeroes the rest. */
  load64Zero: (address: I32, offset = 0): V128 => op("v128", [...simd(93), ...memoryArgument(offset)], address),
  /** Stores the low 64 bits. */
  store64: (address: I32, value: V128, offset = 0): Void =>
    op("void", [...simd(91), ...memoryArgument(offset), 0], address, value),
  const: (low: bigint, high: bigint): V128 => op("v128", [...simd(12), ...bytes64(low), ...bytes64(high)]),
  /** Picks 32-bit lanes: 0-3 from `a`, 4-7 from `b`. */
  shuffle32: (a: V128, b: V128, lanes: readonly [number, number, number, number]): V128 =>
    op("v128", [...simd(13), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))], a, b),
  and: (a: V128, b: V128): V128 => op("v128", simd(78), a, b),
  or: (a: V128, b: V128): V128 => op("v128", simd(80), a, b),
};

export const i64x2 = {
  splat: (a: I64): V128 => op("v128", simd(18), a),
  add: (a: V128, b: V128): V128 => op("v128", simd(206), a, b),
  sub: (a: V128, b: V128): V128 => op("v128", simd(209), a, b),
  shl: (a: V128, by: number): V128 => op("v128", simd(203), a, i32.const(by)),
  shrS: (a: V128, by: number): V128 => op("v128", simd(204), a, i32.const(by)),
  shrU: (a: V128, by: number): V128 => op("v128", simd(205), a, i32.const(by)),
  mul: (a: V128, b: V128): V128 => op("v128", simd(213), a, b),
  /** Products of the unsigned 32-bit lanes 0 and 1. */
  extmulLowU: (a: V128, b: V128): V128 => op("v128", simd(222), a, b),
  extmulHighU: (a: V128, b: V128): V128 => op("v128", simd(223), a, b),
};

function bytes64(value: bigint): number[] {
  const x = BigInt.asUintN(64, value);
  return Array.from({ length: 8 }, (_, i) => Number((x >> BigInt(8 * i)) & 255n));
}
