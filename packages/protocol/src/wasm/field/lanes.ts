import { i32, i64, i64x2, v128 } from "../emitter/index.js";
import type { Code, I32, ModuleBuilder, Void } from "../emitter/index.js";
import { LIMB_MASK } from "./shape.js";

/**
 * One arithmetic, two widths: `single` computes on one element in i64, `pairLanes` on two independent elements in the halves of a
 * v128. A *narrow* value fits 32 bits and can be a factor; a *wide* one has 64 bits.
 */
export interface Lanes<T extends "i64" | "v128"> {
  readonly type: T;
  /** Bytes between limbs in memory. */
  readonly stride: number;
  /** Product of two narrow values: wide. */
  mul(a: Code<T>, b: Code<T>): Code<T>;
  add(a: Code<T>, b: Code<T>): Code<T>;
  sub(a: Code<T>, b: Code<T>): Code<T>;
  /** Logical right shift by 29 of wide values. */
  carry(a: Code<T>): Code<T>;
  /** Logical right shift of wide values. */
  shiftDown(a: Code<T>, by: number): Code<T>;
  /** The low 29 bits, still in wide layout. */
  mask(a: Code<T>): Code<T>;
  /** From wide layout (value below 2^32) to narrow. */
  narrow(a: Code<T>): Code<T>;
  /** A narrow constant. */
  factor(x: bigint): Code<T>;
  /** A wide constant. */
  wide(x: bigint): Code<T>;
  /** Twice a narrow value below 2^31, narrow. */
  double(a: Code<T>): Code<T>;
  /** Loads limb `index` of the element at address + offset as a narrow value. */
  load(address: I32, index: number, offset?: number): Code<T>;
  /** Loads limb `index` of a single element, for both halves. */
  loadSpread(address: I32, index: number, offset?: number): Code<T>;
  /** `load`, as a wide value. */
  loadWide(address: I32, index: number, offset?: number): Code<T>;
  /** Stores a wide value below 2^32 as limb `index`. */
  store(address: I32, value: Code<T>, index: number, offset?: number): Void;
}

export const single: Lanes<"i64"> = {
  type: "i64",
  stride: 4,
  mul: i64.mul,
  add: i64.add,
  sub: i64.sub,
  carry: (a) => i64.shrU(a, 29),
  shiftDown: i64.shrU,
  mask: (a) => i64.and(a, i64.const(LIMB_MASK)),
  narrow: (a) => a,
  factor: i64.const,
  wide: i64.const,
  double: (a) => i64.shl(a, 1),
  load: (address, index, offset = 0) => i64.load32u(address, offset + 4 * index),
  loadSpread: (address, index, offset = 0) => i64.load32u(address, offset + 4 * index),
  loadWide: (address, index, offset = 0) => i64.load32u(address, offset + 4 * index),
  store: (address, value, index, offset = 0) => i64.store32(address, value, offset + 4 * index),
};

/**
 * x64 multiplies the even 32-bit lanes; V8 spreads lanes 0 and 1 to there, so narrow values sit in lanes 0 and 1. Constants are
 * loaded from the module's memory: V8 builds a v128 constant from four instructions.
 */
export function pairLanes(module: ModuleBuilder): Lanes<"v128"> {
  const constants = new Map<string, number>();
  const constant = (low: bigint, high: bigint): I32 => {
    const key = `${low},${high}`;
    let address = constants.get(key);
    if (address === undefined) {
      const bytes = new DataView(new ArrayBuffer(16));
      bytes.setBigUint64(0, low, true);
      bytes.setBigUint64(8, high, true);
      constants.set(key, (address = module.data(new Uint8Array(bytes.buffer))));
    }
    return i32.const(address);
  };
  return {
    type: "v128",
    stride: 8,
    mul: i64x2.extmulLowU,
    add: i64x2.add,
    sub: i64x2.sub,
    carry: (a) => i64x2.shrU(a, 29),
    shiftDown: i64x2.shrU,
    mask: (a) => v128.and(a, v128.const(LIMB_MASK, LIMB_MASK)),
    narrow: (a) => v128.shuffle32(a, a, [0, 2, 0, 2]),
    factor: (x) => v128.load64Zero(constant(x | (x << 32n), 0n)),
    wide: (x) => v128.load(constant(x, x)),
    double: (a) => i64x2.shl(a, 1),
    load: (address, index, offset = 0) => v128.load64Zero(address, offset + 8 * index),
    loadSpread: (address, index, offset = 0) => v128.load32Splat(address, offset + 4 * index),
    // Unpacks with zeros.
    loadWide: (address, index, offset = 0) =>
      v128.shuffle32(v128.load64Zero(address, offset + 8 * index), v128.const(0n, 0n), [0, 4, 1, 5]),
    store: (address, value, index, offset = 0) =>
      v128.store64(address, v128.shuffle32(value, value, [0, 2, 0, 2]), offset + 8 * index),
  };
}

/** The address of element `index` of an array of elements of `size` bytes. */
export const at = (base: I32, index: I32, size: number): I32 => i32.add(base, i32.mul(index, i32.const(size)));
