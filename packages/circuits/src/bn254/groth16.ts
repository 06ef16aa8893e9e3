import { type Mcl, SIZE } from "../verify/mcl.js";
import { pointCodec } from "../verify/points.js";
import { G1_BYTES, G2_BYTES, isScalar, pointReader, SCALAR_BYTES } from "./points.js";

/** Where things lie in the bytes of a verifying key: alpha1, beta2, gamma2, delta2, IC points. */
export const KEY = { alpha: 0, beta: 64, gamma: 192, delta: 320, ic: 448 } as const;
const PROOF_LENGTH = 256;
/** IC points added up at a time. */
const CHUNK = 16;

/** Number of public inputs of a key of this many bytes; undefined if no key has that length. At least one. */
export function inputsOfKeyBytes(length: number): number | undefined {
  const count = (length - KEY.ic) / G1_BYTES - 1;
  return Number.isInteger(count) && count >= 1 ? count : undefined;
}

/** Number of public inputs when key, proof and inputs have this many bytes together; undefined if that cannot be. */
export function inputsOfGroth16Bytes(length: number): number | undefined {
  const count = (length - KEY.ic - G1_BYTES - PROOF_LENGTH) / (G1_BYTES + SCALAR_BYTES);
  return Number.isInteger(count) && count >= 1 ? count : undefined;
}

/** Checks one proof at a time under a key that comes with it. */
export interface Groth16Bytes {
  /**
   * Whether a proof verifies: key | proof 256 | inputs 32 each, in EIP-197's byte order. False when any point of key or proof is off its curve,
   * outside its subgroup or the identity, or an input is r or more. undefined if the length is impossible.
   */
  verify(input: Uint8Array): boolean | undefined;
  /** L = IC0 + sum x_i IC_i as a point at an address, for points and inputs of an input that `verify` takes. False as there. */
  combine(target: number, input: Uint8Array, inputs: number): boolean;
}

/** Opens it on an instance of mcl, whose memory it keeps: a fixed amount, whatever comes in. */
export function groth16On(mcl: Mcl): Groth16Bytes {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const read = pointReader(mcl);
  const [g1, g2] = [mcl.reserve(4 * SIZE.g1), mcl.reserve(4 * SIZE.g2)];
  const [points, scalars] = [mcl.reserve(CHUNK * SIZE.g1), mcl.reserve(CHUNK * SIZE.fr)];
  const [part, gt] = [mcl.reserve(SIZE.g1), mcl.reserve(SIZE.gt)];

  const combine = (target: number, input: Uint8Array, inputs: number): boolean => {
    const scalarsAt = KEY.ic + G1_BYTES * (inputs + 1) + PROOF_LENGTH;
    raw._mclBnG1_clear(target);
    for (let first = 0; first <= inputs; first += CHUNK) {
      const count = Math.min(CHUNK, inputs + 1 - first);
      for (let k = 0; k < count; k++) {
        const i = first + k;
        if (!codec.readG1(points + k * SIZE.g1, input, KEY.ic + i * G1_BYTES)) return false;
        const scalar = scalars + k * SIZE.fr;
        const at = scalarsAt + (i - 1) * SCALAR_BYTES;
        if (i === 0) raw._mclBnFr_setInt32(scalar, 1);
        else if (isScalar(input, at)) read.scalar(scalar, input, at);
        else return false;
      }
      raw._mclBnG1_mulVec(part, points, scalars, count);
      raw._mclBnG1_add(target, target, part);
    }
    return true;
  };

  return {
    combine,
    verify(input) {
      const inputs = inputsOfGroth16Bytes(input.length);
      if (inputs === undefined) return undefined;
      const proof = KEY.ic + G1_BYTES * (inputs + 1);
      // e(A, B) e(-alpha, beta) e(-L, gamma) e(-C, delta) = 1
      const g1At = [proof, KEY.alpha, undefined, proof + G1_BYTES + G2_BYTES];
      const g2At = [proof + G1_BYTES, KEY.beta, KEY.gamma, KEY.delta];
      for (let i = 0; i < 4; i++) {
        const [p, at] = [g1 + i * SIZE.g1, g1At[i]];
        if (at === undefined ? !combine(p, input, inputs) : !codec.readG1(p, input, at)) return false;
        if (i > 0) raw._mclBnG1_neg(p, p);
      }
      for (let i = 0; i < 4; i++) if (!codec.readG2(g2 + i * SIZE.g2, input, g2At[i] ?? 0)) return false;
      raw._mclBnG1_normalize(g1 + 2 * SIZE.g1, g1 + 2 * SIZE.g1);
      raw._mclBn_millerLoopVec(gt, g1, g2, 4);
      raw._mclBn_finalExp(gt, gt);
      return raw._mclBnGT_isOne(gt) === 1;
    },
  };
}
