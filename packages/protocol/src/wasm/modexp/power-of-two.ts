import { bytesToBigInt } from "../../bytes/index.js";

/** base^exponent modulo 2^bits; the exponent big-endian without leading zeros. */
export function powerModuloPowerOfTwo(base: bigint, exponent: Uint8Array, bits: number): bigint {
  const isOdd = (base & 1n) === 1n;
  // An even base to the power of `bits` and more is a multiple of 2^bits.
  if (!isOdd && exceeds(exponent, bits)) return 0n;
  // The order of an odd base divides 2^bits: the exponent's low bits suffice.
  const length = Math.ceil(bits / 8);
  let e = BigInt.asUintN(bits, bytesToBigInt(exponent.subarray(-length)));
  let [result, power] = [1n, BigInt.asUintN(bits, base)];
  for (; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = BigInt.asUintN(bits, result * power);
    power = BigInt.asUintN(bits, power * power);
  }
  return BigInt.asUintN(bits, result);
}

/** Whether the exponent is `bits` or more. */
function exceeds(exponent: Uint8Array, bits: number): boolean {
  if (exponent.length > 2) return true;
  return Number(bytesToBigInt(exponent)) >= bits;
}

/** 1/x modulo 2^bits for odd x, by Newton's method. */
export function inverseModuloPowerOfTwo(x: bigint, bits: number): bigint {
  let inverse = x; // right in 3 bits
  for (let right = 3; right < bits; right *= 2) {
    const width = Math.min(bits, 2 * right);
    inverse = BigInt.asUintN(width, inverse * (2n - x * inverse));
  }
  return BigInt.asUintN(bits, inverse);
}
