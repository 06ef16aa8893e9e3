import { concatBytes, FIELD_ORDER } from "@sero/protocol";
import type { Running } from "@sero/protocol/wasm/toolkit";
import { ELEMENT_BYTES, runModule } from "@sero/protocol/wasm/toolkit";
import type { ProofItem, VerifyingKey } from "../types.js";
import { PROOF_BYTES } from "../verify/constants.js";
import { g1Bytes, g2Bytes } from "../verify/encoding.js";
import { type Mcl, SIZE } from "../verify/mcl.js";
import { pointCodec, toBytes32 } from "../verify/points.js";
import { JACOBIAN_BYTES, LADDER_POINT_BYTES, WEIGHT_BYTES, weightOf } from "./ladder.js";
import { MAX_COUPLES } from "./miller.js";
import { G2_BYTES, generatePairingModule, RESULT_BYTES } from "./module.js";

/** Pairings of a batch besides one for each proof: with beta, gamma, delta, and one more with beta to make their number even. */
const FIXED = 4;
/** Most proofs in one product. */
export const MAX_PROOFS = 2 * MAX_COUPLES - FIXED;

/** The quick way to check many proofs at once. */
export interface BatchPairing {
  /**
   * True if every proof is one: well formed, its points in their groups, and their equations hold, but for a chance of 2^-128 over `random`.
   * False if one is not, or in cases that nobody meets by chance; then ask about each in another way. 1 to MAX_PROOFS items.
   */
  holds(items: readonly ProofItem[], random: (length: number) => Uint8Array): boolean;
}

/**
 * Opens the batch check for a key whose points have been checked. One product of pairings for all proofs, each raised to a random weight of 128
 * bits (Bellare, Garay and Rabin 1998): product of e(w A, B) * e(-W alpha, beta) * e(-inputs, gamma) * e(-sum w C, delta) = 1, the Miller loop
 * on our own arithmetic, the final exponentiation and the sums over the key's points by mcl.
 */
export function openBatchPairing(mcl: Mcl, vk: VerifyingKey): BatchPairing {
  const running = runModule(generatePairingModule());
  const key = loadKey(running, vk);
  const keySums = openKeySums(mcl, vk);
  const finish = openFinish(mcl);
  const inputCount = vk.ic.length - 1;

  return {
    holds(given, random) {
      // Copies, so that nothing can change between the drawing of the weights and the end.
      const items = given.map(({ inputs, proof }) => ({ inputs: [...inputs], proof: Uint8Array.from(proof) }));
      if (items.length < 1 || items.length > MAX_PROOFS) return false;
      if (!items.every((item) => isShaped(item, inputCount))) return false;
      const mark = running.allocate(0);
      try {
        const proofs = readProofs(running, items);
        if (proofs === undefined) return false;
        const signs = random(items.length * WEIGHT_BYTES);
        const weights = items.map((_, i) => weightOf(signs.subarray(i * WEIGHT_BYTES), FIELD_ORDER));
        const sums = keySums(items, weights);
        const pairs = sums && placeAll(running, key, proofs, signs, sums);
        if (pairs === undefined || running.call("miller", pairs / 2) !== 1) return false;
        const out = running.allocate(RESULT_BYTES);
        running.call("result", out);
        return finish(running.bytes(out, RESULT_BYTES));
      } finally {
        running.release(mark);
      }
    },
  };
}

function isShaped({ inputs, proof }: ProofItem, inputCount: number): boolean {
  if (proof.length !== PROOF_BYTES || inputs.length !== inputCount) return false;
  return inputs.every((x) => x >= 0n && x < FIELD_ORDER);
}

/** Points of proofs in memory: the ladder's points A of all, then C of all; and B of all. */
interface Proofs {
  readonly count: number;
  readonly ac: number;
  readonly b: number;
}

/** undefined if a coordinate is not canonical or a point is off its curve. (The subgroup of G2 is the Miller loop's business.) */
function readProofs(running: Running, items: readonly ProofItem[]): Proofs | undefined {
  const count = items.length;
  const bytes = running.allocate(count * PROOF_BYTES);
  const ac = running.allocate(2 * count * LADDER_POINT_BYTES);
  const b = running.allocate(count * G2_BYTES);
  running.bytes(bytes, count * PROOF_BYTES).set(concatBytes(...items.map((item) => item.proof)));
  for (let i = 0; i < count; i++) {
    const proof = bytes + i * PROOF_BYTES;
    const good =
      running.call("readG1", ac + i * LADDER_POINT_BYTES, proof) &
      running.call("readG2", b + i * G2_BYTES, proof + 64) &
      running.call("readG1", ac + (count + i) * LADDER_POINT_BYTES, proof + 192);
    if (good !== 1) return undefined;
  }
  return { count, ac, b };
}

/** Addresses of the key's points. */
interface Key {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly delta: number;
}

function loadKey(running: Running, vk: VerifyingKey): Key {
  const [alpha, text] = [running.allocate(LADDER_POINT_BYTES), running.allocate(128)];
  running.bytes(text, 64).set(g1Bytes(vk.alpha1));
  running.call("readG1", alpha, text);
  const readG2 = (point: VerifyingKey["beta2"]): number => {
    const address = running.allocate(G2_BYTES);
    running.bytes(text, 128).set(g2Bytes(point));
    running.call("readG2", address, text);
    return address;
  };
  return { alpha, beta: readG2(vk.beta2), gamma: readG2(vk.gamma2), delta: readG2(vk.delta2) };
}

/** What goes with beta and gamma, 64 bytes each. */
interface KeySums {
  readonly alpha: Uint8Array;
  readonly inputs: Uint8Array;
}

/** Puts the operands of all pairings in their places and returns the number of pairings, an even one; undefined if a sum is infinity. */
function placeAll(running: Running, key: Key, proofs: Proofs, signs: Uint8Array, sums: KeySums): number | undefined {
  const { count, ac, b } = proofs;
  const signsAt = running.allocate(2 * count * WEIGHT_BYTES);
  running.bytes(signsAt, 2 * count * WEIGHT_BYTES).set(concatBytes(signs, signs));
  const points = running.allocate((2 * count + FIXED) * JACOBIAN_BYTES);
  const at = (i: number): number => points + i * JACOBIAN_BYTES;
  const room = running.allocate(2 * (2 * count + FIXED) * ELEMENT_BYTES);
  // One zero among elements inverted together makes all their inverses 0, every line of the loop 1, and any batch would hold.
  if (running.call("invertX", ac, 2 * count, room) === 1) return undefined;
  running.call("weigh", points, ac, signsAt, 2 * count);

  const sum = running.allocate(JACOBIAN_BYTES);
  running.bytes(sum, JACOBIAN_BYTES).fill(0);
  for (let i = count; i < 2 * count; i++) running.call("g1_add", sum, sum, at(i));
  if (
    running
      .bytes(sum, JACOBIAN_BYTES)
      .subarray(2 * ELEMENT_BYTES)
      .every((byte) => byte === 0)
  )
    return undefined;
  running.call("negate", sum);

  const text = running.allocate(64);
  const affine = running.allocate(LADDER_POINT_BYTES);
  const putBytes = (i: number, bytes: Uint8Array): void => {
    running.bytes(text, 64).set(bytes);
    running.call("readG1", affine, text);
    running.call("fromAffine", at(i), affine);
  };
  putBytes(count, sums.alpha);
  putBytes(count + 1, sums.inputs);
  running.bytes(at(count + 2), JACOBIAN_BYTES).set(running.bytes(sum, JACOBIAN_BYTES));
  running.call("fromAffine", at(count + 3), key.alpha);
  const pairs = count + FIXED - (count % 2);
  if (running.call("placeG1", points, pairs, room) === 1) return undefined;
  for (let i = 0; i < count; i++) running.call("placeG2", i, b + i * G2_BYTES);
  [key.beta, key.gamma, key.delta, key.beta]
    .slice(0, pairs - count)
    .forEach((point, i) => running.call("placeG2", count + i, point));
  return pairs;
}

/** -(sum w) alpha, less one more alpha if that has a pairing of its own, and -(sum of w (ic0 + sum x_i ic_i)). */
function openKeySums(mcl: Mcl, vk: VerifyingKey) {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const ic = mcl.reserve(SIZE.g1 * vk.ic.length);
  vk.ic.forEach((point, i) => codec.readG1(ic + i * SIZE.g1, g1Bytes(point), 0));
  const alpha = mcl.reserve(SIZE.g1);
  codec.readG1(alpha, g1Bytes(vk.alpha1), 0);
  const scalars = mcl.reserve(SIZE.fr * vk.ic.length);
  const [text, sum] = [mcl.reserve(32), mcl.reserve(SIZE.g1)];
  const setScalar = (target: number, x: bigint): void => {
    mcl.write(text, toBytes32(x % FIELD_ORDER));
    raw._mclBnFr_setBigEndianMod(target, text, 32);
  };
  const negative = (): Uint8Array => {
    raw._mclBnG1_neg(sum, sum);
    return codec.writeG1(sum);
  };
  return (items: readonly ProofItem[], weights: readonly bigint[]): KeySums | undefined => {
    const total = weights.reduce((x, w) => x + w, 0n);
    setScalar(scalars, items.length % 2 === 0 ? total + 1n : total);
    raw._mclBnG1_mul(sum, alpha, scalars);
    const alphaBytes = negative();
    setScalar(scalars, total);
    for (let i = 1; i < vk.ic.length; i++) {
      setScalar(
        scalars + i * SIZE.fr,
        items.reduce((x, item, k) => x + weights[k]! * item.inputs[i - 1]!, 0n),
      );
    }
    raw._mclBnG1_mulVec(sum, ic, scalars, vk.ic.length);
    const inputs = negative();
    const infinite = [alphaBytes, inputs].some((bytes) => bytes.every((byte) => byte === 0));
    return infinite ? undefined : { alpha: alphaBytes, inputs };
  };
}

/** Whether the product of the two lanes' values is 1 after the final exponentiation. */
function openFinish(mcl: Mcl): (result: Uint8Array) => boolean {
  const { raw } = mcl;
  const values = mcl.reserve(2 * SIZE.gt);
  const text = mcl.reserve(32);
  // mcl's Fq12 is a tower: coefficients of 1, v, v^2, then of w, vw, v^2 w, where v = w^2.
  const order = [0, 2, 4, 1, 3, 5];
  return (result) => {
    for (let lane = 0; lane < 2; lane++) {
      order.forEach((power, k) => {
        for (let c = 0; c < 2; c++) {
          mcl.write(text, result.subarray(32 * (12 * lane + 2 * power + c), 32 * (12 * lane + 2 * power + c + 1)));
          raw._mclBnFp_setBigEndianMod(values + lane * SIZE.gt + (2 * k + c) * SIZE.fp, text, 32);
        }
      });
    }
    raw._mclBnGT_mul(values, values, values + SIZE.gt);
    raw._mclBn_finalExp(values, values);
    return raw._mclBnGT_isOne(values) === 1;
  };
}
