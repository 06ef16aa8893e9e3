import { proofPoints, type G1Point, type G2Point, type VerifyingKey } from "@sero/circuits";
import { bigIntToBytesLE, concatBytes, FIELD_ORDER } from "@sero/protocol";

/** A witness (32 bytes little-endian a wire) as a .wtns file in memory. */
export function snarkjsWitness(witness: Uint8Array): { readonly type: "mem"; readonly data: Uint8Array } {
  const u32 = (x: number): Uint8Array => bigIntToBytesLE(BigInt(x), 4);
  const u64 = (x: number): Uint8Array => bigIntToBytesLE(BigInt(x), 8);
  const head = [u32(2), u32(2), u32(1), u64(40), u32(32), bigIntToBytesLE(FIELD_ORDER, 32), u32(witness.length / 32)];
  const data = concatBytes(new TextEncoder().encode("wtns"), ...head, u32(2), u64(witness.length), witness);
  return { type: "mem", data };
}

const g1 = ({ x, y }: G1Point): readonly string[] => [x, y, 1n].map(String);
const g2 = ({ x, y }: G2Point): readonly (readonly string[])[] => [x.map(String), y.map(String), ["1", "0"]];

/** A proof of 256 bytes the way snarkjs writes it. */
export function snarkjsProof(proof: Uint8Array): unknown {
  const { a, b, c } = proofPoints(proof);
  return { pi_a: g1(a), pi_b: g2(b), pi_c: g1(c), protocol: "groth16", curve: "bn128" };
}

/** A verifying key the way snarkjs writes it. */
export const snarkjsVerifyingKey = (vk: VerifyingKey): unknown => ({
  protocol: "groth16",
  curve: "bn128",
  nPublic: vk.ic.length - 1,
  vk_alpha_1: g1(vk.alpha1),
  vk_beta_2: g2(vk.beta2),
  vk_gamma_2: g2(vk.gamma2),
  vk_delta_2: g2(vk.delta2),
  IC: vk.ic.map(g1),
});
