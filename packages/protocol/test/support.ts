import { SeroError } from "../src/index.js";

/** The code of the SeroError that `action` throws; "no error", or the name of another error, otherwise. */
export function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof SeroError ? error.code : `not a SeroError: ${String(error)}`;
  }
  return "no error";
}

/** The SeroError that `action` throws. */
export function errorOf(action: () => unknown): SeroError {
  try {
    action();
  } catch (error) {
    if (error instanceof SeroError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A source of bytes that repeats itself: every call gives `length` times `byte`. */
export const constantRandom =
  (byte: number) =>
  (length: number): Uint8Array =>
    new Uint8Array(length).fill(byte);

/** A reproducible source of different bytes (xorshift32). Not random. */
export function countingRandom(seed: number): (length: number) => Uint8Array {
  let state = seed | 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}

/** A copy with one bit of the byte at `index` changed. */
export function flipped(bytes: Uint8Array, index: number, bit = 1): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[index] = (copy[index] as number) ^ bit;
  return copy;
}

/** The phrase that vectors and tests use. */
export const TEST_PHRASE =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
