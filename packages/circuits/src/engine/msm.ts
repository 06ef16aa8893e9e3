import type { Running } from "@sero/protocol/wasm/toolkit";
import { ENTRY_BYTES, MAX_PAIRS } from "./batch-add.js";
import { affineBytes, type GroupName, jacobianBytes, type PointTable } from "./group.js";

/** Bits of a window, signed: the best for about 2^14 points; additions in G2 weigh three times as much, in buckets six times. */
const WINDOW_BITS: Readonly<Record<GroupName, number>> = { g1: 10, g2: 9 };

const SCALAR_BYTES = 32;
const SCALAR_BITS = 254;

/** Multi-scalar multiplication in one group over tables of at most `capacity` points. */
export interface Msm {
  /**
   * A share of sum scalar_i * point_i: the shares 0 .. shares-1 add up to the whole. `scalars` has 32 bytes little-endian below r for each
   * point. The result is a Jacobian point in the module's form, as `add` takes it.
   */
  multiply(table: PointTable, scalars: Uint8Array, share: number, shares: number): Uint8Array;
  /** Overwrites what the scalars left in memory. */
  wipe(): void;
}

/**
 * Pippenger's method ("On the evaluation of powers and monomials", 1980) in signed windows. The points of a bucket are added in pairs, then the
 * sums in pairs, and so on, so that many affine additions are independent of each other and share an inversion (`batch-add.ts`).
 */
export function openMsm(curve: Running, group: GroupName, capacity: number): Msm {
  const bits = WINDOW_BITS[group];
  const windows = Math.ceil((SCALAR_BITS + 1) / bits);
  const buckets = 2 ** (bits - 1);
  const affine = affineBytes(group);
  const jacobian = jacobianBytes(group);
  const entries = 2 * MAX_PAIRS;

  const scalarsAt = curve.allocate(capacity * SCALAR_BYTES);
  const digitsAt = curve.allocate(capacity * windows * 2);
  const sumsAt = curve.allocate((capacity + 1) * affine);
  const listAt = curve.allocate(entries * ENTRY_BYTES);
  const [total, window, running] = [curve.allocate(jacobian), curve.allocate(jacobian), curve.allocate(jacobian)];
  const slow = curve.allocate((buckets + 1) * jacobian);
  const end = slow + (buckets + 1) * jacobian;

  const lengths = new Uint32Array(buckets + 1);
  const starts = new Uint32Array(buckets + 2);
  const cursors = new Uint32Array(buckets + 1);
  const places = new Uint32Array(capacity);
  const zero = (address: number): void => void curve.bytes(address, jacobian).fill(0);
  const names = {
    batchAdd: `${group}_batchAdd`,
    add: `${group}_add`,
    addMixed: `${group}_addMixed`,
    double: `${group}_double`,
  };

  /** Sorts the points of one window into buckets by the digits' absolute values: addresses of points or their opposites in `places`. */
  const sort = (digits: Int16Array, { address, count }: PointTable): void => {
    lengths.fill(0);
    for (let i = 0; i < count; i++) {
      const bucket = Math.abs(digits[i] ?? 0);
      lengths[bucket] = (lengths[bucket] ?? 0) + 1;
    }
    lengths[0] = 0;
    for (let b = 0, sum = 0; b <= buckets; b++) {
      cursors[b] = starts[b] = sum;
      sum += lengths[b] ?? 0;
    }
    for (let i = 0; i < count; i++) {
      const digit = digits[i] ?? 0;
      if (digit === 0) continue;
      const bucket = Math.abs(digit);
      const at = cursors[bucket] ?? 0;
      cursors[bucket] = at + 1;
      places[at] = address + 2 * i * affine + (digit < 0 ? affine : 0);
    }
  };

  /** Adds up each bucket to one point. False if two points had the same x. */
  const reduce = (): boolean => {
    let list = new Uint32Array(curve.buffer, listAt, entries * 3);
    let used = 0;
    let free = sumsAt;
    const flush = (): boolean => {
      if (used === 0) return true;
      if (used % 2 === 1) {
        // An even number goes side by side: the last once more, to a place that nobody reads.
        list.copyWithin(used * 3, used * 3 - 3, used * 3);
        list[used * 3] = sumsAt + capacity * affine;
        used++;
      }
      const held = curve.call(names.batchAdd, listAt, used / 2) === 1;
      used = 0;
      return held;
    };
    for (let longest = Math.max(...lengths); longest > 1; longest = (longest + 1) >> 1) {
      for (let b = 1; b <= buckets; b++) {
        const length = lengths[b] ?? 0;
        if (length < 2) continue;
        const start = starts[b] ?? 0;
        const half = length >> 1;
        for (let j = 0; j < half; j++) {
          list[used * 3] = free;
          list[used * 3 + 1] = places[start + 2 * j] ?? 0;
          list[used * 3 + 2] = places[start + 2 * j + 1] ?? 0;
          places[start + j] = free;
          free += affine;
          if (++used === entries && !flush()) return false;
        }
        if (length % 2 === 1) places[start + half] = places[start + length - 1] ?? 0;
        lengths[b] = half + (length % 2);
      }
      if (!flush()) return false;
      list = new Uint32Array(curve.buffer, listAt, entries * 3);
    }
    return true;
  };

  /** window = sum of bucket number * bucket, by sums of sums from the top. */
  const combine = (add: (sum: number, bucket: number) => void): void => {
    zero(running);
    zero(window);
    for (let b = buckets; b >= 1; b--) {
      add(running, b);
      curve.call(names.add, window, window, running);
    }
  };

  /** What to do when points of equal x meet, which no honest key has: complete formulas, at three times the cost. */
  const combineSlowly = (digits: Int16Array, table: PointTable): void => {
    sort(digits, table);
    for (let b = 1; b <= buckets; b++) {
      zero(slow + b * jacobian);
      for (let j = 0; j < (lengths[b] ?? 0); j++) {
        const point = places[(starts[b] ?? 0) + j] ?? 0;
        curve.call(names.addMixed, slow + b * jacobian, slow + b * jacobian, point);
      }
    }
    combine((sum, b) => curve.call(names.add, sum, sum, slow + b * jacobian));
  };

  return {
    multiply(table, scalars, share, shares) {
      const { count } = table;
      curve.bytes(scalarsAt, scalars.length).set(scalars);
      curve.call("recode", digitsAt, scalarsAt, count, bits, windows);
      const first = Math.floor((windows * share) / shares);
      const last = Math.floor((windows * (share + 1)) / shares) - 1;
      zero(total);
      for (let w = last; w >= first; w--) {
        for (let i = 0; i < bits; i++) curve.call(names.double, total, total);
        const digits = new Int16Array(curve.buffer, digitsAt + 2 * w * count, count);
        sort(digits, table);
        if (reduce()) {
          combine((sum, b) => {
            if ((lengths[b] ?? 0) > 0) curve.call(names.addMixed, sum, sum, places[starts[b] ?? 0] ?? 0);
          });
        } else combineSlowly(digits, table);
        curve.call(names.add, total, total, window);
      }
      for (let i = 0; i < bits * first; i++) curve.call(names.double, total, total);
      return curve.bytes(total, jacobian).slice();
    },
    wipe() {
      curve.bytes(scalarsAt, end - scalarsAt).fill(0);
      // The recoding keeps a copy of the last scalar: now of zero.
      curve.call("recode", digitsAt, scalarsAt, 1, bits, windows);
      places.fill(0);
      lengths.fill(0);
      starts.fill(0);
      cursors.fill(0);
    },
  };
}
