import { bigIntToBytes, bytesToBigInt, concatBytes, expectLength, utf8 } from "../bytes/index.js";
import { FIELD_ORDER, fieldToBytes } from "../field/index.js";
import { hkdfExpand, hkdfExtract, hkdfSha256 } from "../keys/hkdf.js";
import { LABELS } from "../keys/labels.js";
import type { Nullifier, NullifierKey } from "../types.js";

/** Bytes of a note's seed. */
export const SEED_BYTES = 32;

/** What a seed gives. */
export interface ExpandedSeed {
  readonly rho: bigint;
  readonly blind: bigint;
  /** Ephemeral X25519 scalar, 32 bytes (clamped when used). Secret. */
  readonly esk: Uint8Array;
}

/**
 * A note's seed: HKDF-SHA256(random 32 || nk 32 || nf[0] 32 || output index 4, salt "SERO/note-seed/1", no info), 32 bytes; integers
 * big-endian. nf[0] is the first nullifier of the transaction's bundle 0, the index counts all outputs of the transaction. With a bad
 * generator it is still secret (nk) and never the same twice (a nullifier is spent once).
 */
export function noteSeed(random32: Uint8Array, nk: NullifierKey, nf0: Nullifier, outputIndex: number): Uint8Array {
  expectLength(random32, 32, "randomness");
  const material = concatBytes(random32, fieldToBytes(nk), fieldToBytes(nf0), bigIntToBytes(BigInt(outputIndex), 4));
  return hkdfSha256(material, LABELS.noteSeedSalt, new Uint8Array(0), SEED_BYTES);
}

/**
 * rho, blind and esk of a seed: HKDF-SHA256(seed, salt "SERO/note-expand/1") with infos "rho" and "blind" (64 bytes big-endian, mod r)
 * and "esk" (32 bytes).
 */
export function expandSeed(seed: Uint8Array): ExpandedSeed {
  const key = hkdfExtract(expectLength(seed, SEED_BYTES, "a note's seed"), LABELS.noteExpandSalt);
  const element = (label: string): bigint => bytesToBigInt(hkdfExpand(key, utf8(label), 64)) % FIELD_ORDER;
  return { rho: element(LABELS.rho), blind: element(LABELS.blind), esk: hkdfExpand(key, utf8(LABELS.esk), 32) };
}
