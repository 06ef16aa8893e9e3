import { BASE_FIELD_ORDER, BN_PARAMETER } from "./constants.js";
import { type Mcl, SIZE } from "./mcl.js";

/** q as 32 bytes big-endian, for comparing without making bigints. */
const ORDER_BYTES = toBytes32(BASE_FIELD_ORDER);

/**
 * ψ = twist⁻¹ ∘ Frobenius ∘ twist maps (x, y) to (conj(x)*PSI_X, conj(y)*PSI_Y) with PSI_X = (9+u)^((q-1)/3) and
 * PSI_Y = (9+u)^((q-1)/2). Written [c0, c1]. (Galbraith and Scott, "Exponentiation in pairing-friendly groups using homomorphisms", 2008)
 */
export const PSI_X: readonly [bigint, bigint] = [
  21575463638280843010398324269430826099269044274347216827212613867836435027261n,
  10307601595873709700152284273816112264069230130616436755625194854815875713954n,
];
export const PSI_Y: readonly [bigint, bigint] = [
  2821565182194536844548159561693502659359617185244120367078079554186484126554n,
  3505843767911556378687030309984248845540243509899259641013678093033130930403n,
];

/** 32 bytes big-endian of 0 <= x < 2^256. */
export function toBytes32(x: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let word = 3; word >= 0; word--) {
    view.setBigUint64(word * 8, BigInt.asUintN(64, x));
    x >>= 64n;
  }
  return bytes;
}

/** Reads and writes points at addresses of one mcl instance. Points are left affine (Z = 1). */
export interface PointCodec {
  /**
   * Reads 64 bytes, x and y big-endian (EIP-197), as a point of G1. False, with nothing usable at `target`, when a coordinate is not below q
   * or the point is off the curve; x = y = 0, EIP-197's identity, is off the curve. The curve's order is prime: on it is in the subgroup.
   */
  readG1(target: number, bytes: Uint8Array, offset: number): boolean;
  /**
   * Reads 128 bytes, x.c1 x.c0 y.c1 y.c0 big-endian (EIP-197), as a point of G2. False when a coordinate is not below q, the point is off the
   * twist, the identity, or outside the subgroup of order r.
   */
  readG2(target: number, bytes: Uint8Array, offset: number): boolean;
  /** 64 bytes of the G1 point at `source`; the identity is 64 zeros. */
  writeG1(source: number): Uint8Array;
  /** 128 bytes of the G2 point at `source`; the identity is 128 zeros. */
  writeG2(source: number): Uint8Array;
  /** Whether a point on the twist is in the subgroup of order r. Exported for its own test. */
  inSubgroupG2(point: number): boolean;
  /** Reads 128 bytes like `readG2` without the subgroup check. */
  readTwist(target: number, bytes: Uint8Array, offset: number): boolean;
}

/** Signed binary digits of x, most significant first, without the leading 1: few additions in a ladder. */
function nonAdjacentForm(x: bigint): readonly number[] {
  const digits: number[] = [];
  while (x > 0n) {
    const digit = (x & 1n) === 0n ? 0 : 2 - Number(x & 3n);
    digits.push(digit);
    x = (x - BigInt(digit)) >> 1n;
  }
  return digits.reverse().slice(1);
}

const LADDER = nonAdjacentForm(BN_PARAMETER);

/** Makes a codec with scratch memory of its own. */
export function pointCodec(mcl: Mcl): PointCodec {
  const { raw } = mcl;
  const text = mcl.reserve(SIZE.fp);
  const scratch = mcl.reserve(SIZE.g2 * 4);
  const [multiple, image, sum, affine] = [scratch, scratch + SIZE.g2, scratch + 2 * SIZE.g2, scratch + 3 * SIZE.g2];
  const psi = mcl.reserve(SIZE.fp2 * 2);

  const readFp = (target: number, bytes: Uint8Array, offset: number): boolean => {
    if (!belowOrder(bytes, offset)) return false;
    mcl.write(text, bytes.subarray(offset, offset + 32));
    return raw._mclBnFp_setBigEndianMod(target, text, 32) === 0;
  };
  const readFp2 = (target: number, bytes: Uint8Array, offset: number): boolean =>
    readFp(target + SIZE.fp, bytes, offset) && readFp(target, bytes, offset + 32);
  const setOne = (target: number, sizeOfField: number): void => {
    raw._mclBnFp_setInt32(target, 1);
    if (sizeOfField === SIZE.fp2) raw._mclBnFp_setInt32(target + SIZE.fp, 0);
  };
  const writeFp = (out: Uint8Array, offset: number, source: number): void => {
    const length = raw._mclBnFp_getLittleEndian(text, SIZE.fp, source);
    out.set(mcl.read(text, length).reverse(), offset + 32 - length);
  };

  PSI_X.forEach((c, i) => readFp(psi + i * SIZE.fp, toBytes32(c), 0));
  PSI_Y.forEach((c, i) => readFp(psi + SIZE.fp2 + i * SIZE.fp, toBytes32(c), 0));

  /** ψ in place. Conjugating Z as well makes it right for projective coordinates of any weight. */
  const applyPsi = (point: number): void => {
    for (let i = 0; i < 3; i++) {
      const c1 = point + i * SIZE.fp2 + SIZE.fp;
      raw._mclBnFp_neg(c1, c1);
    }
    raw._mclBnFp2_mul(point, point, psi);
    raw._mclBnFp2_mul(point + SIZE.fp2, point + SIZE.fp2, psi + SIZE.fp2);
  };

  const codec: PointCodec = {
    readG1(target, bytes, offset) {
      if (!readFp(target, bytes, offset) || !readFp(target + SIZE.fp, bytes, offset + 32)) return false;
      setOne(target + 2 * SIZE.fp, SIZE.fp);
      return raw._mclBnG1_isValid(target) === 1;
    },
    readTwist(target, bytes, offset) {
      if (!readFp2(target, bytes, offset) || !readFp2(target + SIZE.fp2, bytes, offset + 64)) return false;
      setOne(target + 2 * SIZE.fp2, SIZE.fp2);
      return raw._mclBnG2_isValid(target) === 1;
    },
    readG2: (target, bytes, offset) => codec.readTwist(target, bytes, offset) && codec.inSubgroupG2(target),
    writeG1(source) {
      const out = new Uint8Array(64);
      if (raw._mclBnG1_isZero(source) === 1) return out;
      raw._mclBnG1_normalize(affine, source);
      writeFp(out, 0, affine);
      writeFp(out, 32, affine + SIZE.fp);
      return out;
    },
    writeG2(source) {
      const out = new Uint8Array(128);
      if (raw._mclBnG2_isZero(source) === 1) return out;
      raw._mclBnG2_normalize(affine, source);
      [SIZE.fp, 0, SIZE.fp2 + SIZE.fp, SIZE.fp2].forEach((from, i) => writeFp(out, i * 32, affine + from));
      return out;
    },
    /**
     * Q is in the subgroup exactly if [x+1]Q + ψ([x]Q) + ψ²([x]Q) = ψ³([2x]Q): 63 doublings where multiplying by r takes 254. (El Housni,
     * Guillevic, Piellard, "Co-factor clearing and subgroup membership testing on pairing-friendly curves", 2022, section 5.) That this has
     * no solution outside the subgroup follows from a greatest common divisor that the test recomputes.
     */
    inSubgroupG2(point) {
      mcl.write(multiple, mcl.read(point, SIZE.g2));
      for (const digit of LADDER) {
        raw._mclBnG2_dbl(multiple, multiple);
        if (digit === 1) raw._mclBnG2_add(multiple, multiple, point);
        else if (digit === -1) raw._mclBnG2_sub(multiple, multiple, point);
      }
      raw._mclBnG2_add(sum, multiple, point);
      mcl.write(image, mcl.read(multiple, SIZE.g2));
      applyPsi(image);
      raw._mclBnG2_add(sum, sum, image);
      applyPsi(image);
      raw._mclBnG2_add(sum, sum, image);
      applyPsi(image);
      raw._mclBnG2_dbl(image, image);
      return raw._mclBnG2_isEqual(image, sum) === 1;
    },
  };
  return codec;
}

/** Whether 32 bytes big-endian are below q. */
function belowOrder(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (bytes[offset + i] ?? 255) - (ORDER_BYTES[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
