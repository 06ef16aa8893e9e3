import { randomBytes } from "node:crypto";
import { SeroError } from "@sero/protocol";
import type { ProofItem, Verifier, VerifyingKey } from "../types.js";
import { type BatchPairing, openBatchPairing } from "../pairing/batch.js";
import { PROOF_BYTES, SCALAR_FIELD_ORDER } from "./constants.js";
import { type Mcl, openMcl, SIZE } from "./mcl.js";
import { g1Bytes, g2Bytes } from "./encoding.js";
import { pointCodec, toBytes32 } from "./points.js";

/** Largest number of proofs that go into one product of pairings; longer lists are cut. Beyond it nothing is gained. */
export const MAX_BATCH = 128;

/** How many failed products are tried before the rest of a failed batch is checked one by one: bounds what false proofs cost. */
const MAX_FAILED_PRODUCTS = 6;

/** Among this many with a false one, checking one by one is as fast as halving. */
const SINGLES_UP_TO = 4;

/** From how many proofs on our own Miller loop is quicker than mcl's (pairing/batch.ts): 1.1 against 2.3 ms a proof for 8, 0.5 against 1.4 for 64. */
const BATCH_FROM = 4;

/** Random bytes from the operating system. The one random source that consensus code may use (protocol, section 2). */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * Opens a verifier of Groth16 proofs over BN254 (Groth, "On the size of pairing-based non-interactive arguments", 2016) under one key.
 *
 * Proofs are 256 bytes (EIP-197 order), coordinates below q, points on the curve, in the subgroup and not the identity; public inputs are below
 * r and as many as the key says. Anything else is not a proof: the verdict is false.
 *
 * A proof that verifies can be turned by anybody into other bytes that verify for the same inputs, (kA, B/k, C + ...): no identity, cache of good
 * proofs or check against replay may hang on them. That is what txid = bind and the nullifiers are for.
 *
 * This checks that the key's points are what they should be, and no more: use `checkVerifyingKey` before trusting a key.
 *
 * `batchFrom` is the least number of proofs that `verifyBatch` checks by the quick way first.
 *
 * @throws SeroError key/point when a point of the key is not in its group.
 */
export async function openVerifier(
  vk: VerifyingKey,
  random: RandomBytes = randomBytes,
  batchFrom = BATCH_FROM,
): Promise<Verifier> {
  return verifierOn(await openMcl(), vk, random, batchFrom);
}

/** `openVerifier` on an instance that is there already, whose memory it keeps. */
export function verifierOn(
  mcl: Mcl,
  vk: VerifyingKey,
  random: RandomBytes = randomBytes,
  batchFrom = BATCH_FROM,
): Verifier {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const inputCount = vk.ic.length - 1;
  const key = loadKey(mcl, vk);
  const slots = {
    a: mcl.reserve(SIZE.g1 * MAX_BATCH),
    b: mcl.reserve(SIZE.g2 * MAX_BATCH),
    c: mcl.reserve(SIZE.g1 * MAX_BATCH),
    inputs: mcl.reserve(SIZE.fr * inputCount * MAX_BATCH),
  };
  const pairs = { g1: mcl.reserve(SIZE.g1 * (MAX_BATCH + 3)), g2: mcl.reserve(SIZE.g2 * (MAX_BATCH + 3)) };
  const weights = mcl.reserve(SIZE.fr * MAX_BATCH);
  const chosenC = mcl.reserve(SIZE.g1 * MAX_BATCH);
  const combined = mcl.reserve(SIZE.fr * vk.ic.length);
  const product = mcl.reserve(SIZE.fr);
  const point = mcl.reserve(SIZE.g1 * 2);
  const gt = mcl.reserve(SIZE.gt * 2);
  const text = mcl.reserve(32);

  const readScalar = (target: number, bytes: Uint8Array): void => {
    mcl.write(text, bytes);
    raw._mclBnFr_setBigEndianMod(target, text, bytes.length);
  };
  const copy = (target: number, source: number, length: number): void => mcl.write(target, mcl.read(source, length));
  const inputAt = (slot: number, i: number): number => slots.inputs + (slot * inputCount + i) * SIZE.fr;

  /** Reads an item into a slot; false when it is not even well formed. */
  const read = (slot: number, { inputs, proof }: ProofItem): boolean => {
    if (proof.length !== PROOF_BYTES || inputs.length !== inputCount) return false;
    // A value and the same plus r are one number to the curve and two to a list of spent nullifiers.
    if (!inputs.every((x) => x >= 0n && x < SCALAR_FIELD_ORDER)) return false;
    inputs.forEach((x, i) => readScalar(inputAt(slot, i), toBytes32(x)));
    return (
      codec.readG1(slots.a + slot * SIZE.g1, proof, 0) &&
      codec.readG2(slots.b + slot * SIZE.g2, proof, 64) &&
      codec.readG1(slots.c + slot * SIZE.g1, proof, 192)
    );
  };

  /** e(A, B) * e(-alpha, beta) * e(-(ic0 + sum x_i ic_i), gamma) * e(-C, delta) = 1 for what a slot holds. */
  const checkOne = (slot: number): boolean => {
    raw._mclBnFr_setInt32(combined, 1);
    copy(combined + SIZE.fr, inputAt(slot, 0), SIZE.fr * inputCount);
    raw._mclBnG1_mulVec(point, key.ic, combined, vk.ic.length);
    raw._mclBnG1_neg(point, point);
    raw._mclBnG1_neg(point + SIZE.g1, slots.c + slot * SIZE.g1);
    raw._mclBn_precomputedMillerLoop2(gt, point, key.gammaTable, point + SIZE.g1, key.deltaTable);
    raw._mclBnGT_mul(gt, gt, key.alphaBeta);
    raw._mclBn_millerLoop(gt + SIZE.gt, slots.a + slot * SIZE.g1, slots.b + slot * SIZE.g2);
    raw._mclBnGT_mul(gt, gt, gt + SIZE.gt);
    raw._mclBn_finalExp(gt, gt);
    return raw._mclBnGT_isOne(gt) === 1;
  };

  /** Draws a non-zero 128-bit weight. */
  const drawWeight = (target: number): void => {
    let bytes = random(16);
    while (bytes.every((byte) => byte === 0)) bytes = random(16);
    readScalar(target, bytes);
  };

  /**
   * One product for many slots: each item's equation raised to a random weight, so that false ones don't cancel but with probability 2^-128. The
   * weights are drawn here, when the slots can't change any more, and never used again. (Bellare, Garay, Rabin, "Fast batch verification",
   * 1998)
   */
  const checkTogether = (chosen: readonly number[]): boolean => {
    const n = chosen.length;
    for (let i = 0; i < vk.ic.length; i++) raw._mclBnFr_setInt32(combined + i * SIZE.fr, 0);
    chosen.forEach((slot, k) => {
      const weight = weights + k * SIZE.fr;
      drawWeight(weight);
      raw._mclBnG1_mul(pairs.g1 + k * SIZE.g1, slots.a + slot * SIZE.g1, weight);
      copy(pairs.g2 + k * SIZE.g2, slots.b + slot * SIZE.g2, SIZE.g2);
      copy(chosenC + k * SIZE.g1, slots.c + slot * SIZE.g1, SIZE.g1);
      raw._mclBnFr_add(combined, combined, weight);
      for (let i = 0; i < inputCount; i++) {
        raw._mclBnFr_mul(product, weight, inputAt(slot, i));
        raw._mclBnFr_add(combined + (i + 1) * SIZE.fr, combined + (i + 1) * SIZE.fr, product);
      }
    });
    const fixed = pairs.g1 + n * SIZE.g1;
    raw._mclBnG1_mul(fixed, key.alpha, combined);
    raw._mclBnG1_mulVec(fixed + SIZE.g1, key.ic, combined, vk.ic.length);
    raw._mclBnG1_mulVec(fixed + 2 * SIZE.g1, chosenC, weights, n);
    for (let i = 0; i < 3; i++) raw._mclBnG1_neg(fixed + i * SIZE.g1, fixed + i * SIZE.g1);
    copy(pairs.g2 + n * SIZE.g2, key.betaGammaDelta, 3 * SIZE.g2);
    raw._mclBn_millerLoopVec(gt, pairs.g1, pairs.g2, n + 3);
    raw._mclBn_finalExp(gt, gt);
    return raw._mclBnGT_isOne(gt) === 1;
  };

  /** Finds the false ones among slots by halving, then one by one. `holdsFalse`: there is one, so that all together need not be asked about. */
  const findFalse = (slotsToCheck: readonly number[], verdicts: Map<number, boolean>, holdsFalse: boolean): void => {
    let failed = 0;
    const settle = (chosen: readonly number[], knownFalse: boolean): boolean => {
      if (!knownFalse && chosen.length > 1 && failed < MAX_FAILED_PRODUCTS) {
        if (checkTogether(chosen)) {
          chosen.forEach((slot) => verdicts.set(slot, true));
          return true;
        }
        failed++;
      }
      if (chosen.length <= SINGLES_UP_TO || failed >= MAX_FAILED_PRODUCTS) {
        chosen.forEach((slot) => verdicts.set(slot, checkOne(slot)));
        return chosen.every((slot) => verdicts.get(slot));
      }
      const half = chosen.length >> 1;
      const firstHolds = settle(chosen.slice(0, half), false);
      // If the first half holds, what failed is in the second: no need to ask again.
      settle(chosen.slice(half), firstHolds);
      return false;
    };
    settle(slotsToCheck, holdsFalse);
  };

  const verifyChunk = (items: readonly ProofItem[], holdsFalse: boolean): boolean[] => {
    const wellFormed = items.map((item, slot) => (read(slot, item) ? slot : -1)).filter((slot) => slot >= 0);
    const verdicts = new Map<number, boolean>();
    // What is malformed may be all that was false.
    findFalse(wellFormed, verdicts, holdsFalse && wellFormed.length === items.length);
    return items.map((_, slot) => verdicts.get(slot) ?? false);
  };

  // Generated by the first batch: nobody who checks single proofs waits for it.
  let pairing: BatchPairing | undefined;
  /**
   * Asks the quick check about all, then about halves; mcl has the last word on what is left of a failed batch, and on each proof. Only mcl ever
   * says that a proof is false.
   */
  const verifyMany = (items: readonly ProofItem[]): boolean[] => {
    let failed = 0;
    const settle = (part: readonly ProofItem[], holdsFalse: boolean): boolean[] => {
      if (part.length < 2 || part.length < batchFrom || failed >= MAX_FAILED_PRODUCTS)
        return verifyChunk(part, holdsFalse);
      pairing ??= openBatchPairing(mcl, vk);
      if (!holdsFalse) {
        if (pairing.holds(part, random)) return part.map(() => true);
        failed++;
      }
      const half = part.length >> 1;
      const first = settle(part.slice(0, half), false);
      // If the first half holds, what failed is in the second: no need to ask about it as a whole.
      const second = settle(
        part.slice(half),
        first.every((good) => good),
      );
      return [...first, ...second];
    };
    return settle(items, false);
  };

  return {
    verify: (inputs, proof) => read(0, { inputs, proof }) && checkOne(0),
    verifyBatch(items) {
      const verdicts: boolean[] = [];
      for (let i = 0; i < items.length; i += MAX_BATCH) verdicts.push(...verifyMany(items.slice(i, i + MAX_BATCH)));
      return verdicts;
    },
  };
}

/** A key's points in mcl's memory, with what depends on nothing else computed once. */
function loadKey(mcl: Mcl, vk: VerifyingKey) {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const readG1 = (target: number, name: string, point: VerifyingKey["alpha1"]): void => {
    if (!codec.readG1(target, g1Bytes(point), 0)) throw badPoint(name);
  };
  const alpha = mcl.reserve(SIZE.g1);
  readG1(alpha, "alpha1", vk.alpha1);
  const ic = mcl.reserve(SIZE.g1 * vk.ic.length);
  vk.ic.forEach((point, i) => readG1(ic + i * SIZE.g1, `ic[${i}]`, point));
  const betaGammaDelta = mcl.reserve(SIZE.g2 * 3);
  (["beta2", "gamma2", "delta2"] as const).forEach((name, i) => {
    if (!codec.readG2(betaGammaDelta + i * SIZE.g2, g2Bytes(vk[name]), 0)) throw badPoint(name);
  });
  const table = (q: number): number => {
    const address = mcl.reserve(8 * raw._mclBn_getUint64NumToPrecompute());
    raw._mclBn_precomputeG2(address, q);
    return address;
  };
  const alphaBeta = mcl.reserve(SIZE.gt);
  const minusAlpha = mcl.reserve(SIZE.g1);
  raw._mclBnG1_neg(minusAlpha, alpha);
  raw._mclBn_millerLoop(alphaBeta, minusAlpha, betaGammaDelta);
  return {
    alpha,
    ic,
    betaGammaDelta,
    alphaBeta,
    gammaTable: table(betaGammaDelta + SIZE.g2),
    deltaTable: table(betaGammaDelta + 2 * SIZE.g2),
  };
}

const badPoint = (name: string): SeroError =>
  new SeroError("key/point", `The verifying key's ${name} is not a point of its group; rebuild the keys.`, { name });
