import { SeroError } from "@sero/protocol";
import { buildBn128 } from "ffjavascript";
import type { Group } from "./group.js";
import { AFFINE_BYTES } from "./group.js";

// Not in the package's index: whoever loads ffjavascript in a worker thread gets its worker library's complaints on the console.

const JACOBIAN_BYTES: Readonly<Record<Group, number>> = { g1: 96, g2: 192 };

/** Bits a window. 26 windows of 10: a table of 26,598 points, 1.7 MB in G1. */
const WINDOW_BITS = 10;
const WINDOWS = Math.ceil(254 / WINDOW_BITS);
const DIGITS = 2 ** WINDOW_BITS - 1;
/** Points that are made affine with one inversion. */
const BATCH = 1024;

/** The functions of ffjavascript's module for one group; arguments are addresses, the last one that of the result. */
interface GroupFunctions {
  readonly addMixed: (jacobian: number, affine: number, result: number) => void;
  readonly add: (a: number, b: number, result: number) => void;
  readonly zero: (result: number) => void;
  readonly copy: (jacobian: number, result: number) => void;
  readonly batchToAffine: (jacobians: number, count: number, result: number) => void;
}

/** Multiplies the generator of one group, with tables that stay in memory. */
export interface GeneratorMultiplier {
  /**
   * scalar*G for each of `scalars` (32 bytes little-endian each, below r) as affine points of AFFINE_BYTES. Not in constant time: for public
   * scalars only.
   */
  multiply(scalars: Uint8Array, onProgress?: (fraction: number) => void): Uint8Array;
}

/** `GeneratorMultiplier.multiply` once. */
export async function multiplyGenerator(
  group: Group,
  scalars: Uint8Array,
  onProgress?: (fraction: number) => void,
): Promise<Uint8Array> {
  return (await openGeneratorMultiplier(group)).multiply(scalars, onProgress);
}

/** Makes a multiplier by windows over a table of all digits at all places: one mixed addition a window. */
export async function openGeneratorMultiplier(group: Group): Promise<GeneratorMultiplier> {
  const { tm } = await buildBn128(true);
  const functions = groupFunctions(tm.instance.exports, group);
  const affine = AFFINE_BYTES[group];
  const jacobian = JACOBIAN_BYTES[group];
  const tablePoints = WINDOWS * DIGITS;

  // Our own memory lies behind everything that ffjavascript has given out or will.
  const base = tm.memory.buffer.byteLength;
  const work = base + tablePoints * affine;
  const workPoints = Math.max(DIGITS, BATCH) + 1;
  const batchOut = work + workPoints * jacobian;
  const end = batchOut + BATCH * affine;
  tm.memory.grow(Math.ceil((end - base) / 65536));

  buildTable(functions, group, group === "g1" ? tm.pG1gen : tm.pG2gen, base, work);

  return {
    multiply(scalars, onProgress = () => undefined) {
      const count = scalars.length / 32;
      const points = new Uint8Array(count * affine);
      for (let first = 0; first < count; first += BATCH) {
        const size = Math.min(BATCH, count - first);
        for (let i = 0; i < size; i++) {
          const sum = work + i * jacobian;
          functions.zero(sum);
          const scalar = scalars.subarray((first + i) * 32, (first + i + 1) * 32);
          for (let window = 0; window < WINDOWS; window++) {
            const digit = digitOf(scalar, window);
            if (digit !== 0) functions.addMixed(sum, base + (window * DIGITS + digit - 1) * affine, sum);
          }
        }
        functions.batchToAffine(work, size, batchOut);
        points.set(new Uint8Array(tm.memory.buffer, batchOut, size * affine), first * affine);
        onProgress((first + size) / count);
      }
      return points;
    },
  };
}

/** Bits WINDOW_BITS*window and up of a little-endian scalar. */
function digitOf(scalar: Uint8Array, window: number): number {
  const bit = window * WINDOW_BITS;
  const byte = bit >> 3;
  const three = (scalar[byte] ?? 0) | ((scalar[byte + 1] ?? 0) << 8) | ((scalar[byte + 2] ?? 0) << 16);
  return (three >> (bit & 7)) & DIGITS;
}

/** table[window][digit - 1] = digit * 2^(WINDOW_BITS*window) * G, affine. `work` has room for DIGITS + 1 Jacobian points. */
function buildTable(functions: GroupFunctions, group: Group, generator: number, table: number, work: number): void {
  const affine = AFFINE_BYTES[group];
  const jacobian = JACOBIAN_BYTES[group];
  const last = work + DIGITS * jacobian;
  functions.copy(generator, last);
  for (let window = 0; window < WINDOWS; window++) {
    const row = table + window * DIGITS * affine;
    functions.copy(last, work);
    // Sums of Jacobian points cost more than mixed ones, but the table is a fortieth of the work.
    for (let digit = 2; digit <= DIGITS; digit++) {
      const place = work + (digit - 1) * jacobian;
      functions.add(place - jacobian, work, place);
    }
    functions.add(last - jacobian, work, last);
    functions.batchToAffine(work, DIGITS, row);
  }
}

function groupFunctions(exports: Readonly<Record<string, unknown>>, group: Group): GroupFunctions {
  const named = (name: string): ((...addresses: number[]) => void) => {
    const found = exports[`${group}m_${name}`];
    if (typeof found !== "function") {
      throw new SeroError(
        "circuits/engine",
        "ffjavascript has no such function; install the version in the lock file.",
        { name },
      );
    }
    return found as (...addresses: number[]) => void;
  };
  return {
    addMixed: named("addMixed"),
    add: named("add"),
    zero: named("zero"),
    copy: named("copy"),
    batchToAffine: named("batchToAffine"),
  };
}
