import { bytesToBigInt, concatBytes, SeroError } from "@sero/protocol";
import type { G1Point, G2Point, VerifyingKey } from "../types.js";
import { toBytes32 } from "./points.js";

/** A G1 point as 64 bytes: x, y big-endian (EIP-197). Coordinates of 2^256 and more come out as 0xff bytes, which no decoder accepts. */
export const g1Bytes = (point: G1Point): Uint8Array => join([point.x, point.y]);

/** A G2 point as 128 bytes: x.c1, x.c0, y.c1, y.c0 big-endian (EIP-197 puts c1 first). Coordinates as in `g1Bytes`. */
export const g2Bytes = (point: G2Point): Uint8Array => join([point.x[1], point.x[0], point.y[1], point.y[0]]);

/** A proof as 256 bytes: A, B, C (EIP-197 order), from what snarkjs calls pi_a, pi_b and pi_c in affine coordinates. */
export function proofBytes(a: G1Point, b: G2Point, c: G1Point): Uint8Array {
  const bytes = new Uint8Array(256);
  bytes.set(g1Bytes(a), 0);
  bytes.set(g2Bytes(b), 64);
  bytes.set(g1Bytes(c), 192);
  return bytes;
}

/** The points of a 256-byte proof as coordinates; nothing is checked. The inverse of `proofBytes`. */
export function proofPoints(proof: Uint8Array): { a: G1Point; b: G2Point; c: G1Point } {
  const at = (i: number): bigint => BigInt("0x" + Buffer.from(proof.subarray(i * 32, i * 32 + 32)).toString("hex"));
  return {
    a: { x: at(0), y: at(1) },
    b: { x: [at(3), at(2)], y: [at(5), at(4)] },
    c: { x: at(6), y: at(7) },
  };
}

/** Bytes of a verifying key before its IC points: alpha1, beta2, gamma2, delta2. */
const KEY_HEAD = 64 + 3 * 128;

/**
 * A verifying key in the layout of the precompiles 0x5e52 and 0x5e53: alpha1 64, beta2 128, gamma2 128, delta2 128, each IC point 64 (EIP-197
 * order). beta1 and delta1 are not in it. Its keccak256 is `verifyingKeyHash`.
 */
export const verifyingKeyBytes = (vk: VerifyingKey): Uint8Array =>
  concatBytes(g1Bytes(vk.alpha1), g2Bytes(vk.beta2), g2Bytes(vk.gamma2), g2Bytes(vk.delta2), ...vk.ic.map(g1Bytes));

/** How many public inputs a key of that many bytes is for; undefined when no key has this length. */
export function inputCountOf(keyLength: number): number | undefined {
  const points = (keyLength - KEY_HEAD) / 64;
  return Number.isInteger(points) && points >= 1 ? points - 1 : undefined;
}

/**
 * The inverse of `verifyingKeyBytes`, with delta1 (64 bytes) from beside it if there is one. Nothing is checked but lengths: use
 * `checkVerifyingKey`. Throws key/length.
 */
export function verifyingKeyOfBytes(bytes: Uint8Array, delta1?: Uint8Array): VerifyingKey {
  const inputs = inputCountOf(bytes.length);
  if (inputs === undefined || (delta1 !== undefined && delta1.length !== 64)) {
    throw new SeroError("key/length", "A verifying key has 448 bytes and 64 for each IC point, delta1 has 64.", {
      length: bytes.length,
    });
  }
  const coordinate = (at: number): bigint => bytesToBigInt(bytes.subarray(at, at + 32));
  const g1 = (at: number): G1Point => ({ x: coordinate(at), y: coordinate(at + 32) });
  const g2 = (at: number): G2Point => ({
    x: [coordinate(at + 32), coordinate(at)],
    y: [coordinate(at + 96), coordinate(at + 64)],
  });
  return {
    alpha1: g1(0),
    beta2: g2(64),
    gamma2: g2(192),
    delta2: g2(320),
    ...(delta1 === undefined
      ? {}
      : { delta1: { x: bytesToBigInt(delta1.subarray(0, 32)), y: bytesToBigInt(delta1.subarray(32)) } }),
    ic: Array.from({ length: inputs + 1 }, (_, i) => g1(KEY_HEAD + 64 * i)),
  };
}

function join(coordinates: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(coordinates.length * 32);
  coordinates.forEach((x, i) =>
    bytes.set(x >= 0n && x < 1n << 256n ? toBytes32(x) : new Uint8Array(32).fill(255), i * 32),
  );
  return bytes;
}
