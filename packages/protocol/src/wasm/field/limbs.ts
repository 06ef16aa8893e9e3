import { i32, i64 } from "../emitter/index.js";
import type { Body, Code, I32, I64, Local } from "../emitter/index.js";
import { LIMB_BITS, LIMB_MASK, LIMBS } from "./shape.js";

/** limbs -= m if that is not negative, without a branch. */
export function subtractIfNotLess(f: Body, limbs: readonly Local<"i64">[], m: readonly bigint[]): void {
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

/** limbs - m, carried to the top: negative if limbs < m, else not. */
export function borrowOf(f: Body, limbs: readonly Local<"i64">[], m: readonly bigint[]): Local<"i64"> {
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
export function readBigEndian(f: Body, bytes: Local<"i32">): Local<"i64">[] {
  return limbsOfWords(f, (k) => swapBytes(f, i32.load(bytes.get, 28 - 4 * k)));
}

/** Limbs of 32 bytes little-endian without their topmost bit. */
export function readLittleEndian(f: Body, bytes: Local<"i32">): Local<"i64">[] {
  return limbsOfWords(f, (k) => {
    const word = i32.load(bytes.get, 4 * k);
    return k < 7 ? word : i32.and(word, i32.const(0x7fffffff));
  });
}

/** Limbs of eight 32-bit words, the lowest first. */
function limbsOfWords(f: Body, word: (k: number) => I32): Local<"i64">[] {
  const words = Array.from({ length: 8 }, (_, k) => f.let(i64.extend(word(k))));
  return Array.from({ length: LIMBS }, (_, j) => {
    const [k, shift] = [(LIMB_BITS * j) >> 5, (LIMB_BITS * j) & 31];
    const above = words[k + 1];
    const both: Code<"i64"> = above ? i64.or(words[k]!.get, i64.shl(above.get, 32)) : words[k]!.get;
    return f.let(i64.and(i64.shrU(both, shift), i64.const(LIMB_MASK)));
  });
}

/** Writes a canonical element's limbs as 32 bytes big-endian, or little-endian. */
export function writeBytes(f: Body, bytes: Local<"i32">, element: I32, order: "big" | "little"): void {
  const limbs = Array.from({ length: LIMBS }, (_, j) => f.let(i64.load32u(element, 4 * j)));
  for (let k = 0; k < 8; k++) {
    const first = Math.floor((32 * k) / LIMB_BITS);
    let word: I64 = i64.shrU(limbs[first]!.get, 32 * k - LIMB_BITS * first);
    for (let j = first + 1; j < LIMBS && LIMB_BITS * j < 32 * (k + 1); j++) {
      word = i64.or(word, i64.shl(limbs[j]!.get, LIMB_BITS * j - 32 * k));
    }
    const low = i32.wrap(word);
    if (order === "big") f.run(i32.store(bytes.get, swapBytes(f, low), 28 - 4 * k));
    else f.run(i32.store(bytes.get, low, 4 * k));
  }
}
