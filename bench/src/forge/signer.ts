import { createHash } from "node:crypto";
import {
  addPoints,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  encodePoint,
  LABELS,
  mulBase,
  randomScalar,
  SUBGROUP_ORDER,
  utf8,
  type Point,
} from "@sero/protocol";

/** A key that signs once. */
export interface OneTimeKey {
  readonly point: Point;
  /** The key encoded, 32 bytes. */
  readonly rk: Uint8Array;
  /** A signature of 32 bytes under rk (protocol, section 2), 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * A source of keys and nonces, each a fixed step from the one before: one addition of points instead of a multiplication, 0.1 ms instead of 1.
 * Whoever knows two signatures can compute all keys; they own nothing.
 */
export function openSigner(): () => OneTimeKey {
  const [nextKey, nextNonce] = [walk(), walk()];
  return () => {
    const [key, nonce] = [nextKey(), nextNonce()];
    const [rk, R] = [encodePoint(key.point), encodePoint(nonce.point)];
    return {
      point: key.point,
      rk,
      sign(message) {
        const challenge = createHash("sha512").update(concatBytes(utf8(LABELS.signatureChallenge), R, rk, message));
        const c = bytesToBigInt(challenge.digest()) % SUBGROUP_ORDER;
        return concatBytes(R, bigIntToBytes((nonce.scalar + c * key.scalar) % SUBGROUP_ORDER, 32));
      },
    };
  };
}

interface Pair {
  readonly scalar: bigint;
  readonly point: Point;
}

function walk(): () => Pair {
  const step = randomScalar();
  const stepPoint = mulBase(step);
  const start = randomScalar();
  let at: Pair = { scalar: start, point: mulBase(start) };
  return () => (at = { scalar: (at.scalar + step) % SUBGROUP_ORDER, point: addPoints(at.point, stepPoint) });
}
