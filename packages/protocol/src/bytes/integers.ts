import { SeroError } from "../errors.js";
import { hexDigits } from "./bytes.js";

/** The unsigned integer that `bytes` are the big-endian form of; 0 for no bytes. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt("0x" + hexDigits(bytes));
}

/** The unsigned integer that `bytes` are the little-endian form of; 0 for no bytes. */
export function bytesToBigIntLE(bytes: Uint8Array): bigint {
  return bytesToBigInt(Uint8Array.from(bytes).reverse());
}

/** `length` bytes, big-endian. Throws bytes/integer if `value` is negative or does not fit. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * length) !== 0n) {
    throw new SeroError("bytes/integer", `Give an unsigned integer that fits ${length} bytes.`, { length });
  }
  const digits = value.toString(16).padStart(2 * length, "0");
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** `length` bytes, little-endian. Throws bytes/integer if `value` is negative or does not fit. */
export function bigIntToBytesLE(value: bigint, length: number): Uint8Array {
  return bigIntToBytes(value, length).reverse();
}
