import { type Mcl, SIZE } from "../verify/mcl.js";
import { pointCodec } from "../verify/points.js";

export const G1_BYTES = 64;
export const G2_BYTES = 128;
export const SCALAR_BYTES = 32;

/** How Ethereum's precompiles read points: unlike a proof's points, the identity is one of them, as zeros (EIP-196, EIP-197). */
export interface PointReader {
  /** False when a coordinate is not below q or the point is off the curve. */
  g1(target: number, bytes: Uint8Array, offset: number): boolean;
  /** The same for G2, and false outside the subgroup of order r. */
  g2(target: number, bytes: Uint8Array, offset: number): boolean;
  /** Any 32 bytes, big-endian, modulo r. */
  scalar(target: number, bytes: Uint8Array, offset: number): void;
}

/** Makes a reader with scratch memory of its own. */
export function pointReader(mcl: Mcl): PointReader {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const text = mcl.reserve(SCALAR_BYTES);
  return {
    g1(target, bytes, offset) {
      if (!isZero(bytes, offset, G1_BYTES)) return codec.readG1(target, bytes, offset);
      raw._mclBnG1_clear(target);
      return true;
    },
    g2(target, bytes, offset) {
      if (!isZero(bytes, offset, G2_BYTES)) return codec.readG2(target, bytes, offset);
      mcl.write(target, new Uint8Array(SIZE.g2)); // Z = 0 is mcl's identity
      return true;
    },
    scalar(target, bytes, offset) {
      mcl.write(text, bytes.subarray(offset, offset + SCALAR_BYTES));
      raw._mclBnFr_setBigEndianMod(target, text, SCALAR_BYTES);
    },
  };
}

function isZero(bytes: Uint8Array, offset: number, length: number): boolean {
  for (let i = offset; i < offset + length; i++) if (bytes[i] !== 0) return false;
  return true;
}
