import type { G1Point, G2Point, VerifyingKey } from "../../src/types.js";
import { proofBytes, proofPoints } from "../../src/verify/encoding.js";

/** A proof the way snarkjs writes it. */
export interface SnarkjsProof {
  readonly pi_a: readonly string[];
  readonly pi_b: readonly (readonly string[])[];
  readonly pi_c: readonly string[];
  readonly protocol: string;
  readonly curve: string;
}

const g1 = ({ x, y }: G1Point): string[] => [x, y, 1n].map(String);
const g2 = ({ x, y }: G2Point): string[][] => [x.map(String), y.map(String), ["1", "0"]];

export function toSnarkjs(proof: Uint8Array): SnarkjsProof {
  const { a, b, c } = proofPoints(proof);
  return { pi_a: g1(a), pi_b: g2(b), pi_c: g1(c), protocol: "groth16", curve: "bn128" };
}

export function fromSnarkjs({ pi_a, pi_b, pi_c }: SnarkjsProof): Uint8Array {
  const at = (point: readonly (string | readonly string[])[], i: number): bigint => BigInt(String(point[i]));
  const pair = (i: number): readonly [bigint, bigint] => [at(pi_b[i] ?? [], 0), at(pi_b[i] ?? [], 1)];
  return proofBytes({ x: at(pi_a, 0), y: at(pi_a, 1) }, { x: pair(0), y: pair(1) }, { x: at(pi_c, 0), y: at(pi_c, 1) });
}

export const verificationKeyJson = (vk: VerifyingKey): Readonly<Record<string, unknown>> => ({
  protocol: "groth16",
  curve: "bn128",
  nPublic: vk.ic.length - 1,
  vk_alpha_1: g1(vk.alpha1),
  vk_beta_2: g2(vk.beta2),
  vk_gamma_2: g2(vk.gamma2),
  vk_delta_2: g2(vk.delta2),
  IC: vk.ic.map(g1),
});
