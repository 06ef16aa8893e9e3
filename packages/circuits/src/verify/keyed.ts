import { SeroError } from "@sero/protocol";
import { PROOF_BYTES, SCALAR_FIELD_ORDER } from "./constants.js";
import { inputCountOf, verifyingKeyOfBytes } from "./encoding.js";
import { checkKeyOn } from "./key.js";
import { type Mcl, openMcl, SIZE } from "./mcl.js";
import { pointCodec, toBytes32 } from "./points.js";

/** Checks proofs under keys that come with them, synchronously and in this thread: what the precompiles 0x5e52 and 0x5e53 do. */
export interface KeyedVerifier {
  /**
   * Whether a proof (256 bytes, EIP-197 order) holds under a key (the layout of `verifyingKeyBytes`) for its public inputs (32 bytes big-endian
   * each). False when a point is the identity, off its curve or outside its group, when an input is not below r, and when a length does not fit.
   *
   * Says nothing about the key but that its points are points: anybody can make a key under which anything holds. Use `keyFault` first.
   */
  verify(key: Uint8Array, proof: Uint8Array, inputs: Uint8Array): boolean;
  /**
   * Why a key must not be trusted (protocol, end of section 10), as an error of `checkVerifyingKey`; undefined for a sound one. `delta1` is 64
   * bytes. Keys made from the development constants are sound if `developmentKeys` says so, which on a real chain it never does.
   */
  keyFault(key: Uint8Array, delta1: Uint8Array, developmentKeys: boolean): SeroError | undefined;
}

/** IC points that are summed at a time: bounds the memory, whatever number of inputs a key has. */
const CHUNK = 64;

const ORDER_BYTES = toBytes32(SCALAR_FIELD_ORDER);

/** Opens one, with memory of its own, which calls do not add to. Throws verify/engine. */
export async function openKeyedVerifier(): Promise<KeyedVerifier> {
  const mcl = await openMcl();
  const holds = openEquation(mcl);
  return {
    verify(key, proof, inputs) {
      const count = inputCountOf(key.length);
      if (count === undefined || proof.length !== PROOF_BYTES || inputs.length !== 32 * count) return false;
      return holds(key, proof, inputs);
    },
    keyFault(key, delta1, developmentKeys) {
      try {
        mcl.scope(() => checkKeyOn(mcl, verifyingKeyOfBytes(key, delta1), developmentKeys));
        return undefined;
      } catch (error) {
        if (error instanceof SeroError && error.code.startsWith("key/")) return error;
        throw error;
      }
    },
  };
}

/** e(A, B) * e(-alpha, beta) * e(-(ic0 + sum x_i ic_i), gamma) * e(-C, delta) = 1, of bytes of the right lengths. */
function openEquation(mcl: Mcl): (key: Uint8Array, proof: Uint8Array, inputs: Uint8Array) => boolean {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const g1 = mcl.reserve(4 * SIZE.g1);
  const g2 = mcl.reserve(4 * SIZE.g2);
  const points = mcl.reserve(CHUNK * SIZE.g1);
  const scalars = mcl.reserve(CHUNK * SIZE.fr);
  const part = mcl.reserve(SIZE.g1);
  const gt = mcl.reserve(SIZE.gt);
  const text = mcl.reserve(32);

  /** Sums the IC points times (1, inputs) at `target`. */
  const sumInputs = (target: number, key: Uint8Array, inputs: Uint8Array): boolean => {
    raw._mclBnG1_clear(target);
    const count = inputs.length / 32 + 1;
    for (let first = 0; first < count; first += CHUNK) {
      const size = Math.min(CHUNK, count - first);
      for (let i = 0; i < size; i++) {
        if (!codec.readG1(points + i * SIZE.g1, key, 448 + 64 * (first + i))) return false;
        const scalar = scalars + i * SIZE.fr;
        if (first + i === 0) raw._mclBnFr_setInt32(scalar, 1);
        else {
          const at = 32 * (first + i - 1);
          // A value and the same plus r are one number to the curve and two to a contract (A6).
          if (!belowOrder(inputs, at)) return false;
          mcl.write(text, inputs.subarray(at, at + 32));
          raw._mclBnFr_setBigEndianMod(scalar, text, 32);
        }
      }
      raw._mclBnG1_mulVec(part, points, scalars, size);
      raw._mclBnG1_add(target, target, part);
    }
    return true;
  };

  return (key, proof, inputs) => {
    const [a, alpha, sum, c] = [g1, g1 + SIZE.g1, g1 + 2 * SIZE.g1, g1 + 3 * SIZE.g1];
    const [b, beta, gamma, delta] = [g2, g2 + SIZE.g2, g2 + 2 * SIZE.g2, g2 + 3 * SIZE.g2];
    const read =
      codec.readG1(a, proof, 0) &&
      codec.readG1(c, proof, 192) &&
      codec.readG1(alpha, key, 0) &&
      sumInputs(sum, key, inputs) &&
      codec.readG2(b, proof, 64) &&
      codec.readG2(beta, key, 64) &&
      codec.readG2(gamma, key, 192) &&
      codec.readG2(delta, key, 320);
    if (!read) return false;
    for (const point of [alpha, sum, c]) raw._mclBnG1_neg(point, point);
    raw._mclBn_millerLoopVec(gt, g1, g2, 4);
    raw._mclBn_finalExp(gt, gt);
    return raw._mclBnGT_isOne(gt) === 1;
  };
}

/** Whether 32 bytes big-endian are below r. */
function belowOrder(bytes: Uint8Array, offset: number): boolean {
  for (let i = 0; i < 32; i++) {
    const difference = (bytes[offset + i] ?? 255) - (ORDER_BYTES[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
