/** Up to this many exponent bytes squaring and multiplying bit by bit is as quick as a table. */
const SHORT = 4;
/** Bits of a window. */
const WINDOW = 4;

/** base^exponent modulo any modulus by the engine's integers; base below the modulus, exponent big-endian without leading zeros. */
export function powerOfBigInts(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const window = exponent.length <= SHORT ? 1 : WINDOW;
  const table = [1n % modulus, base];
  while (table.length < 1 << window) table.push((table[table.length - 1]! * base) % modulus);
  let result = 1n % modulus;
  let started = false;
  for (const byte of exponent) {
    for (let shift = 8 - window; shift >= 0; shift -= window) {
      if (started) for (let k = 0; k < window; k++) result = (result * result) % modulus;
      const digit = (byte >> shift) & ((1 << window) - 1);
      if (digit === 0) continue;
      result = started ? (result * table[digit]!) % modulus : table[digit]!;
      started = true;
    }
  }
  return result;
}
