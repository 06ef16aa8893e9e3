import { readFileSync } from "node:fs";
import {
  decodeG1,
  decodeG2,
  DEVELOPMENT_SECRETS,
  isDevelopmentKey,
  keyScalars,
  parseR1cs,
  proofBytes,
  type CircuitArtifacts,
  type G1Point,
  type G2Point,
} from "@sero/circuits";
import { openGeneratorMultiplier } from "@sero/circuits/fixed-base";
import { bigIntToBytesLE, bytesToBigInt, FIELD_ORDER, Fr, PROOF_BYTES, randomBytes } from "@sero/protocol";

/** Makes proofs without witnesses. */
export interface Simulator {
  /** A proof for each of these public inputs, true or not: it verifies. Best in hundreds. */
  proofs(statements: readonly (readonly bigint[])[]): Uint8Array[];
  /** `count` proofs of three good points each that verify for nothing. */
  falseProofs(count: number): Uint8Array[];
}

/** Proofs whose points false ones are put together from. */
const FALSE_FROM = 1024;

/**
 * Opens Groth16's simulator (Groth, "On the size of pairing-based non-interactive arguments", 2016, section 3.2) for a circuit with its
 * development key. With random a and b, A = a*G1 and B = b*G2, the verifier's equation
 * a*b = alpha*beta + sum x_i*ic_i + c*delta (gamma is 1) has one solution c, and C = c*G1.
 *
 * This takes the secrets that a real set-up throws away ("toxic waste"): alpha, beta, delta and tau. Of the development keys they are
 * published (DEVELOPMENT_SECRETS), which is why only development chains accept those keys; of a key from a ceremony nobody has them, and there
 * is nothing to call this with. It is here for loads: simulated proofs are distributed as real ones are, so a verifier reads the same number of
 * bytes and does the same decoding, subgroup checks and pairings for them, while the machine that makes the load spends a millisecond
 * instead of half a second. What it does not measure is proving, which wallets do elsewhere.
 *
 * @throws RangeError when the key is not made from the development secrets
 */
export async function openSimulator(artifacts: Pick<CircuitArtifacts, "r1csPath" | "vk">): Promise<Simulator> {
  if (!isDevelopmentKey(artifacts.vk)) throw new RangeError("Only proofs under a development key can be simulated.");
  const { alpha, beta, delta } = DEVELOPMENT_SECRETS;
  const { ic } = keyScalars(parseR1cs(readFileSync(artifacts.r1csPath)), DEVELOPMENT_SECRETS);
  const [g1, g2] = [await openGeneratorMultiplier("g1"), await openGeneratorMultiplier("g2")];
  const alphaBeta = Fr.mul(alpha, beta);
  const perDelta = Fr.inv(delta);

  const proofs = (statements: readonly (readonly bigint[])[]): Uint8Array[] => {
    const a = statements.map(randomScalar);
    const b = statements.map(randomScalar);
    const c = statements.map((inputs, i) => {
      const claimed = [1n, ...inputs].reduce((sum, x, k) => sum + x * (ic[k] ?? 0n), alphaBeta);
      return Fr.mul(Fr.sub(Fr.mul(a[i] ?? 0n, b[i] ?? 0n), claimed % FIELD_ORDER), perDelta);
    });
    const points1 = g1.multiply(packed([...a, ...c]));
    const points2 = g2.multiply(packed(b));
    const at1 = (i: number): G1Point => decodeG1(points1.subarray(i * 64, i * 64 + 64));
    const at2 = (i: number): G2Point => decodeG2(points2.subarray(i * 128, i * 128 + 128));
    return statements.map((_, i) => proofBytes(at1(i), at2(i), at1(statements.length + i)));
  };

  let stock: readonly Uint8Array[] | undefined;
  return {
    proofs,
    falseProofs(count) {
      const from = (stock ??= proofs(Array.from({ length: FALSE_FROM }, () => ic.slice(1).map(randomScalar))));
      const any = (): Uint8Array => from[Math.floor(Math.random() * FALSE_FROM)] ?? new Uint8Array(PROOF_BYTES);
      return Array.from({ length: count }, () => {
        const proof = any().slice();
        proof.set(any().subarray(64, 192), 64);
        proof.set(any().subarray(192), 192);
        return proof;
      });
    },
  };
}

const randomScalar = (): bigint => (bytesToBigInt(randomBytes(32)) % (FIELD_ORDER - 1n)) + 1n;

function packed(scalars: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(scalars.length * 32);
  scalars.forEach((scalar, i) => out.set(bigIntToBytesLE(scalar, 32), i * 32));
  return out;
}
