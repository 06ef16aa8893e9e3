import { expand, extract, hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToBigInt, concatBytes, utf8 } from "../bytes/index.js";

/** HKDF-SHA256 (RFC 5869), `length` bytes; the salt is ASCII. */
export function hkdfSha256(keyMaterial: Uint8Array, salt: string, info: Uint8Array, length: number): Uint8Array {
  return hkdf(sha256, keyMaterial, utf8(salt), info, length);
}

/** HKDF-Extract, the 32-byte pseudorandom key that `hkdfExpand` takes. */
export function hkdfExtract(keyMaterial: Uint8Array, salt: string): Uint8Array {
  return extract(sha256, keyMaterial, utf8(salt));
}

/** HKDF-Expand, `length` bytes. */
export function hkdfExpand(pseudorandomKey: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return expand(sha256, pseudorandomKey, info, length);
}

/**
 * A scalar in 1..modulus-1: 64 bytes of HKDF-SHA256 read big-endian, modulo `modulus`. The info ends in a byte that counts tries from 0;
 * the next one is taken should a try give 0 (it never happens: one chance in 2^250).
 */
export function hkdfScalar(keyMaterial: Uint8Array, salt: string, info: Uint8Array, modulus: bigint): bigint {
  for (let attempt = 0; ; attempt++) {
    const scalar =
      bytesToBigInt(hkdfSha256(keyMaterial, salt, concatBytes(info, Uint8Array.of(attempt)), 64)) % modulus;
    if (scalar !== 0n) return scalar;
  }
}
