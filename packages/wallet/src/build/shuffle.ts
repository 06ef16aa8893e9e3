import { bigIntToBytes, keccak256, randomBytes } from "@sero/protocol";

/** Random bytes from the operating system; tests pass a predictable source. */
export type RandomSource = (length: number) => Uint8Array;

/**
 * The same bytes each time for the same secret: keccak256(secret || 8-byte counter), one block after the other. With it a draft can be made
 * again as it was.
 */
export function repeatableSource(secret: Uint8Array): RandomSource {
  let counter = 0n;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32)
      bytes.set(keccak256(secret, bigIntToBytes(counter++, 8)).subarray(0, Math.min(32, length - at)), at);
    return bytes;
  };
}

/** A uniform integer below `bound` (at most 2^24), without modulo bias. */
export function randomBelow(bound: number, random: RandomSource = randomBytes): number {
  const limit = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const bytes = random(4);
    const value = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (value < limit) return value % bound;
  }
}

/** The items in a uniformly random order (Fisher-Yates): so that no position says which input is real and which output is change. */
export function shuffled<T>(items: readonly T[], random: RandomSource = randomBytes): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1, random);
    const kept = result[i] as T;
    result[i] = result[j] as T;
    result[j] = kept;
  }
  return result;
}
