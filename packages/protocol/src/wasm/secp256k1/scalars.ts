import { A1, A2, B1, N, WINDOW } from "./constants.js";

/** Digits of a split scalar: it is below 2^129, and a digit may carry one place further. */
export const DIGITS = 131;
/** A place's digits: of the generator, LAMBDA times it, R, LAMBDA times it. */
export const TRACKS = 4;

const WORD = (1n << 32n) - 1n;

/** Writes the digits of u1 (generator) and u2 (R) to `digits`, TRACKS bytes a place, the lowest first, and returns the number of places in use. */
export function recode(digits: Int8Array, u1: bigint, u2: bigint): number {
  digits.fill(0);
  const [a, b] = splitScalar(u1);
  const [c, d] = splitScalar(u2);
  return Math.max(
    signedDigits(digits, 0, a, WINDOW.generator),
    signedDigits(digits, 1, b, WINDOW.generator),
    signedDigits(digits, 2, c, WINDOW.point),
    signedDigits(digits, 3, d, WINDOW.point),
  );
}

/** k = a + b*LAMBDA modulo N with |a|, |b| below 2^129: k less the nearest lattice point (Guide to Elliptic Curve Cryptography, algorithm 3.74). */
export function splitScalar(k: bigint): readonly [bigint, bigint] {
  const half = N >> 1n;
  const first = (A1 * k + half) / N;
  const second = (B1 * k + half) / N;
  return [k - first * A1 - second * A2, first * B1 - second * A1];
}

/** Digits of width `window`, odd or 0, no two of them non-zero within `window` places (window NAF). Returns one past the highest. */
function signedDigits(digits: Int8Array, track: number, scalar: bigint, window: number): number {
  const sign = scalar < 0n ? -1 : 1;
  const words = new Uint32Array(6);
  for (let k = scalar < 0n ? -scalar : scalar, i = 0; k > 0n; k >>= 32n, i++) words[i] = Number(k & WORD);
  let carry = 0;
  let used = 0;
  for (let at = 0; at < DIGITS;) {
    if (((words[at >> 5]! >>> (at & 31)) & 1) === carry) {
      at++;
      continue;
    }
    // The window's bits may lie in two words.
    const low = words[at >> 5]! >>> (at & 31);
    const high = (at & 31) === 0 ? 0 : words[(at >> 5) + 1]! << (32 - (at & 31));
    const value = ((low | high) & ((1 << window) - 1)) + carry;
    carry = value >> (window - 1);
    digits[TRACKS * at + track] = sign * (value - (carry << window));
    used = at + 1;
    at += window;
  }
  return used;
}
