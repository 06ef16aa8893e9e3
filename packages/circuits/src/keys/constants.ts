import { createHash } from "node:crypto";
import { bytesToBigInt, FIELD_ORDER } from "@sero/protocol";
import type { G1Point, VerifyingKey } from "../types.js";

/** The secrets of a Groth16 set-up, here public. gamma is 1, as in every snarkjs key. */
export interface SetupSecrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  /** Neither 1 nor gamma: with delta = gamma anybody forges even without knowing the secrets. */
  readonly delta: bigint;
}

const known = (name: string): bigint =>
  bytesToBigInt(createHash("sha512").update(`SERO development key: ${name}`).digest()) % FIELD_ORDER;

/**
 * The secrets of every development key: SHA-512("SERO development key: <name>") mod r. Known to everybody, so whoever wants to forges
 * proofs against such a key; only development chains accept one.
 */
export const DEVELOPMENT_SECRETS: SetupSecrets = {
  tau: known("tau"),
  alpha: known("alpha"),
  beta: known("beta"),
  delta: known("delta"),
};

/** alphaDev*G1, the mark of a development key. A test holds it against DEVELOPMENT_SECRETS. */
export const DEVELOPMENT_ALPHA1: G1Point = {
  x: 5503729389949972587653018618805108548322371771270732545512182683210285759467n,
  y: 1466386497850611784657017750703507596462981331861552731329378778483935323755n,
};

/** Whether a verifying key was made from the development constants: its alpha1 is alphaDev*G1 (or the negative of it). */
export function isDevelopmentKey(vk: VerifyingKey): boolean {
  return vk.alpha1.x === DEVELOPMENT_ALPHA1.x;
}
