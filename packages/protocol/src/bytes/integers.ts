import { SeroError } from "../errors.js";
import { hexDigits } from "./bytes.js";

/** The unsigned integer that `bytes` are the big-endian form of; 0 for no bytes. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  if (bytes.length === 32) {
    // Field elements are by far the most frequent; four words are five times as fast as hex.
    const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
    const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
    return (high << 128n) | (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
  }
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
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  let rest = value;
  let at = length;
  for (; at >= 8; at -= 8) {
    view.setBigUint64(at - 8, BigInt.asUintN(64, rest));
    rest >>= 64n;
  }
  // At most seven bytes are left: four and then three, as a number holds no more than 53 bits.
  if (at >= 4) {
    view.setUint32(at - 4, Number(BigInt.asUintN(32, rest)));
    rest >>= 32n;
    at -= 4;
  }
  for (let small = Number(rest); at > 0; at--) {
    out[at - 1] = small & 0xff;
    small >>>= 8;
  }
  return out;
}

/** `length` bytes, little-endian. Throws bytes/integer if `value` is negative or does not fit. */
export function bigIntToBytesLE(value: bigint, length: number): Uint8Array {
  return bigIntToBytes(value, length).reverse();
}
