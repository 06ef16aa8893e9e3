import { bigIntToBytesLE } from "@sero/protocol";

/** A group of BN254. */
export type Group = "g1" | "g2";

/** Bytes of an affine point: coordinates in Montgomery form (times 2^256 mod q), little-endian; (0, 0) is the point at infinity. */
export const AFFINE_BYTES: Readonly<Record<Group, number>> = { g1: 64, g2: 128 };
/** Scalars as `multiplyGenerator` takes them. */
export function packScalars(scalars: readonly bigint[]): Uint8Array {
  const packed = new Uint8Array(scalars.length * 32);
  scalars.forEach((scalar, i) => packed.set(bigIntToBytesLE(scalar, 32), i * 32));
  return packed;
}
