import { sha512 } from "@noble/hashes/sha2.js";
import type { RandomSource } from "../bytes/index.js";
import { bigIntToBytes, bytesToBigInt, concatBytes, expectLength, randomBytes, utf8 } from "../bytes/index.js";
import type { Point } from "../curve/index.js";
import {
  BASE8,
  IDENTITY,
  SUBGROUP_ORDER,
  addPoints,
  decodePoint,
  encodePoint,
  equalPoints,
  isLowOrder,
  linearCombination,
  mulBase,
  mulByCofactor,
  negatePoint,
} from "../curve/index.js";
import { SeroError } from "../errors.js";
import { LABELS } from "../keys/labels.js";
import type { SpendAuthority } from "../types.js";

/** Bytes of a signature: R (an encoded point, 32) || S (32, big-endian). */
export const SIGNATURE_BYTES = 64;
/** Bytes of a message: `bind`, big-endian. */
export const MESSAGE_BYTES = 32;

/** One signature to check. */
export interface SignedMessage {
  /** Encoded point, 32 bytes. */
  readonly rk: Uint8Array;
  /** 32 bytes. */
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

function hashToScalar(label: string, ...parts: readonly Uint8Array[]): bigint {
  return bytesToBigInt(sha512(concatBytes(utf8(label), ...parts))) % SUBGROUP_ORDER;
}

/** A uniform scalar modulo l, for `alpha`: 64 random bytes read big-endian, mod l. */
export function randomScalar(random: RandomSource = randomBytes): bigint {
  return bytesToBigInt(random(64)) % SUBGROUP_ORDER;
}

/** rk = A + alpha*B8 as a point. */
export function randomizedPoint(A: Point, alpha: bigint): Point {
  return addPoints(A, mulBase(alpha));
}

/** rk = A + alpha*B8, encoded in 32 bytes. 0 <= alpha < l. */
export function randomizedKey(A: Point, alpha: bigint): Uint8Array {
  return encodePoint(randomizedPoint(A, alpha));
}

/**
 * Signs a 32-byte message under rk = (ask + alpha)*B8: re-randomisable Schnorr on Baby Jubjub (protocol, section 2).
 * k = SHA-512('SERO/sig-nonce' || ask 32 BE || T || rk || m) mod l with T = 32 random bytes; R = k*B8;
 * c = SHA-512('SERO/sig-chal' || R || rk || m) mod l; S = k + c*(ask + alpha) mod l. Hashes are read as big-endian integers.
 * rk is in the nonce too: bundles of one transaction share ask and m, and a shared k would give ask to whoever knows the alphas.
 */
export function sign(
  ask: SpendAuthority,
  alpha: bigint,
  message: Uint8Array,
  random: RandomSource = randomBytes,
): Uint8Array {
  expectLength(message, MESSAGE_BYTES, "a message");
  const key = (ask + alpha) % SUBGROUP_ORDER;
  const rk = encodePoint(mulBase(key));
  const entropy = expectLength(random(32), 32, "the nonce's randomness");
  const k = hashToScalar(LABELS.signatureNonce, bigIntToBytes(ask, 32), entropy, rk, message);
  if (key === 0n || k === 0n)
    throw new SeroError("signature/key", "Choose another alpha: this one leaves no key to sign with.");
  const R = encodePoint(mulBase(k));
  const c = hashToScalar(LABELS.signatureChallenge, R, rk, message);
  return concatBytes(R, bigIntToBytes((k + c * key) % SUBGROUP_ORDER, 32));
}

/** A signature taken apart, every part canonical. */
interface Parsed {
  readonly rk: Point;
  readonly R: Point;
  readonly S: bigint;
  readonly c: bigint;
}

/** undefined: lengths, S >= l, a point off the curve or not canonical, 8*rk = identity. */
function parse({ rk, message, signature }: SignedMessage): Parsed | undefined {
  if (rk.length !== 32 || message.length !== MESSAGE_BYTES || signature.length !== SIGNATURE_BYTES) return undefined;
  const encodedR = signature.subarray(0, 32);
  const S = bytesToBigInt(signature.subarray(32));
  if (S >= SUBGROUP_ORDER) return undefined;
  const key = pointOrNothing(rk);
  const R = pointOrNothing(encodedR);
  if (key === undefined || R === undefined || isLowOrder(key)) return undefined;
  return { rk: key, R, S, c: hashToScalar(LABELS.signatureChallenge, encodedR, rk, message) };
}

function pointOrNothing(bytes: Uint8Array): Point | undefined {
  try {
    return decodePoint(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Whether 8*S*B8 = 8*R + 8*c*rk, after refusing S >= l, encodings that are not canonical, points off the curve and rk of low order. Never
 * throws. With the cofactor, so that this and the batch agree on every input.
 */
export function verifySignature(rk: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const parsed = parse({ rk, message, signature });
  return parsed !== undefined && holds(parsed);
}

function holds({ rk, R, S, c }: Parsed): boolean {
  const sum = linearCombination([
    { point: BASE8, scalar: S },
    { point: rk, scalar: c === 0n ? 0n : SUBGROUP_ORDER - c },
  ]);
  return equalPoints(mulByCofactor(addPoints(sum, negatePoint(R))), IDENTITY);
}

/**
 * The verdict on each of many signatures, always that of checking it alone. One equation, 8*(sum z*S)*B8 = 8*(sum z*R + z*c*rk), with a
 * fresh random 128-bit non-zero z each, drawn after the contents are fixed; if it fails, each is checked alone. (Chance that a false
 * signature passes: 2^-128.) Code that needs speed takes the WebAssembly version of this.
 */
export function verifySignatureBatch(items: readonly SignedMessage[], random: RandomSource = randomBytes): boolean[] {
  const parsed = items.map(parse);
  const candidates = parsed.filter((item) => item !== undefined);
  if (candidates.length > 1 && batchHolds(candidates, random)) return parsed.map((item) => item !== undefined);
  return parsed.map((item) => item !== undefined && holds(item));
}

function batchHolds(items: readonly Parsed[], random: RandomSource): boolean {
  let base = 0n;
  const terms: { point: Point; scalar: bigint }[] = [];
  for (const { rk, R, S, c } of items) {
    const z = batchCoefficient(random);
    base = (base + z * S) % SUBGROUP_ORDER;
    terms.push({ point: negatePoint(R), scalar: z });
    terms.push({ point: negatePoint(rk), scalar: (z * c) % SUBGROUP_ORDER });
  }
  terms.push({ point: BASE8, scalar: base });
  return equalPoints(mulByCofactor(linearCombination(terms)), IDENTITY);
}

/** 1 .. 2^128 - 1. */
function batchCoefficient(random: RandomSource): bigint {
  for (;;) {
    const z = bytesToBigInt(random(16));
    if (z !== 0n) return z;
  }
}
