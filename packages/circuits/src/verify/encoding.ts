import type { G1Point, G2Point } from "../types.js";
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

function join(coordinates: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(coordinates.length * 32);
  coordinates.forEach((x, i) =>
    bytes.set(x >= 0n && x < 1n << 256n ? toBytes32(x) : new Uint8Array(32).fill(255), i * 32),
  );
  return bytes;
}
