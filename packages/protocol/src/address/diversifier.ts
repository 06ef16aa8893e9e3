import { ed25519_hasher } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bigIntToBytes, bigIntToBytesLE, bytesToBigIntLE, concatBytes, expectLength, utf8 } from "../bytes/index.js";
import { SeroError } from "../errors.js";
import { LABELS } from "../keys/labels.js";

/** Bytes of a diversifier. */
export const DIVERSIFIER_BYTES = 16;

/** 2^255 - 19: the prime of curve25519. */
export const CURVE25519_PRIME = 2n ** 255n - 19n;

const dst = utf8(LABELS.diversifierDst);

/** Diversifier j (0 <= j < 2^128): the first 16 bytes of HMAC-SHA256(dk, "SERO/diversifier" || j as 16 bytes big-endian). */
export function diversifierAt(dk: Uint8Array, index: bigint): Uint8Array {
  expectLength(dk, 32, "a diversifier key");
  return hmac(sha256, dk, concatBytes(utf8(LABELS.diversifier), bigIntToBytes(index, 16))).slice(0, DIVERSIFIER_BYTES);
}

/**
 * G_d: the u coordinate, 32 bytes little-endian, of the hash of d to curve25519 (RFC 9380, edwards25519_XMD:SHA-512_ELL2_RO_ with DST
 * "SERO-V1-diversifier", then u = (1+y)/(1-y), RFC 7748 section 4.1). Of prime order. Throws bytes/length, address/diversifier (never
 * seen: the hash is the identity).
 */
export function diversifiedBase(d: Uint8Array): Uint8Array {
  expectLength(d, DIVERSIFIER_BYTES, "a diversifier");
  const point = ed25519_hasher.hashToCurve(d, { DST: dst });
  if (point.is0()) throw new SeroError("address/diversifier", "Take another diversifier: this one has no base point.");
  // In projective coordinates (1+y)/(1-y) = (Z+Y)/(Z-Y).
  const { Y, Z } = point;
  return bigIntToBytesLE(divide(Z + Y, Z - Y), 32);
}

function divide(a: bigint, b: bigint): bigint {
  const p = CURVE25519_PRIME;
  let [low, high, x, y] = [((b % p) + p) % p, p, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high, x, y] = [high % low, low, y - quotient * x, x];
  }
  return ((((a * x) % p) + p) % p) as bigint;
}

/** u coordinates, below 2^255 - 19, of the points of order 1, 2, 4 and 8 on curve25519 and its twist (RFC 7748, section 7). */
const LOW_ORDER: readonly bigint[] = [
  0n,
  1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  CURVE25519_PRIME - 1n,
];

/**
 * Whether 32 bytes may stand as an X25519 public key on chain or in an address: u below 2^255 - 19 (so the top bit is 0), and not of low
 * order (such a key makes every shared secret 0, attacks A14, A16).
 */
export function isCanonicalX25519(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const u = bytesToBigIntLE(bytes);
  return u < CURVE25519_PRIME && !LOW_ORDER.includes(u);
}
