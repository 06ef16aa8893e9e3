import { isDevelopmentChainId, keccak256, SeroError, toHex } from "@sero/protocol";
import type { G1Point, G2Point, VerifyingKey } from "../types.js";
import { G1_GENERATOR, G2_GENERATOR } from "./constants.js";
import { holdsDevelopmentSecret } from "./development.js";
import { g1Bytes, g2Bytes, verifyingKeyBytes } from "./encoding.js";
import { forgeryOn } from "./forgery.js";
import { type Mcl, openMcl, SIZE } from "./mcl.js";
import { pointCodec } from "./points.js";

/** What a key is checked against. */
export interface KeyExpectations {
  /** The chain that the key is to be used on: development keys are refused unless its id is a development one. */
  readonly chainId: bigint;
  /** Number of public inputs of the circuit, if known: the key must have one more IC point. */
  readonly inputCount?: number;
  /** The chain spec's `keyHash` of the circuit, 0x and 64 hex digits: required on real chains, not looked at on development ones. */
  readonly keyHash?: string | undefined;
}

/**
 * keccak256 over alpha1, beta2, gamma2, delta2 and the IC points in order, coordinates 32 bytes big-endian in EIP-197's order: what a chain spec
 * names its key by (0x and 64 lower-case hex digits).
 */
export const verifyingKeyHash = (vk: VerifyingKey): string => toHex(keccak256(verifyingKeyBytes(vk)));

/**
 * Refuses a verifying key under which proofs could be forged (protocol, end of section 10): every point on the curve, in the subgroup and not
 * the identity; gamma2 the generator; delta2 neither ±gamma2 nor ±the generator; delta1 and delta2 (and beta1 and beta2, where beta1 is given)
 * of one scalar; the points of each group pairwise different, also up to sign; one IC point more than public inputs; not made from the
 * development constants unless the chain is a development one; on a real chain the key whose hash the spec names. In the end a known forgery is tried and must fail. Takes about a tenth of a second.
 *
 * @throws SeroError key/points, key/point, key/gamma, key/delta, key/scalar, key/equal, key/inputs, key/development, key/hash or key/forgery.
 */
export async function checkVerifyingKey(vk: VerifyingKey, expected: KeyExpectations): Promise<void> {
  checkShape(vk, expected);
  // The cheapest and the most likely mistake first: its message is the useful one.
  refuseDevelopmentKey(vk, isDevelopmentChainId(expected.chainId));
  if (!isDevelopmentChainId(expected.chainId) && expected.keyHash !== verifyingKeyHash(vk)) {
    throw new SeroError("key/hash", "This is not the key that the chain spec names; get the chain's own key.", {
      chainId: expected.chainId.toString(),
      expected: expected.keyHash ?? null,
      found: verifyingKeyHash(vk),
    });
  }
  checkKeyOn(await openMcl(), vk, isDevelopmentChainId(expected.chainId));
}

/**
 * `checkVerifyingKey` on an instance that is there already, for keys that no chain spec names; keys made from the development constants pass
 * only if `developmentKeys` says so. Throws as it does.
 */
export function checkKeyOn(mcl: Mcl, vk: VerifyingKey, developmentKeys: boolean): void {
  checkShape(vk, {});
  refuseDevelopmentKey(vk, developmentKeys);
  checkPoints(mcl, vk);
  checkDifferences(vk);
  checkScalars(mcl, vk);
  const forgery = forgeryOn(mcl, vk);
  // Whoever knows delta can forge: with a development key, let in above, that is everybody, and so no news.
  if (forgery !== undefined && !(forgery === "known delta" && holdsDevelopmentSecret(vk))) {
    throw new SeroError("key/forgery", "A forged proof verifies under this key; do not use it.", { forgery });
  }
}

function refuseDevelopmentKey(vk: VerifyingKey, developmentKeys: boolean): void {
  if (holdsDevelopmentSecret(vk) && !developmentKeys) {
    throw new SeroError(
      "key/development",
      "This key is made from the development constants, which everybody knows; a real chain needs keys from a ceremony.",
    );
  }
}

function checkShape(vk: VerifyingKey, { inputCount }: Pick<KeyExpectations, "inputCount">): void {
  if (vk.delta1 === undefined) {
    throw new SeroError(
      "key/points",
      "The verifying key lacks delta1, without which delta2 can't be checked; export it again.",
    );
  }
  if (vk.ic.length < 2 || (inputCount !== undefined && vk.ic.length !== inputCount + 1)) {
    throw new SeroError("key/inputs", "The verifying key is for another number of public inputs; rebuild the keys.", {
      icPoints: vk.ic.length,
      expected: inputCount === undefined ? null : inputCount + 1,
    });
  }
}

/** Every named G1 point of a key. */
const g1Points = (vk: VerifyingKey): readonly (readonly [string, G1Point])[] => [
  ["alpha1", vk.alpha1],
  ...(vk.beta1 === undefined ? [] : ([["beta1", vk.beta1]] as const)),
  ...(vk.delta1 === undefined ? [] : ([["delta1", vk.delta1]] as const)),
  ...vk.ic.map((point, i) => [`ic[${i}]`, point] as const),
];

/** Every named G2 point of a key. */
const g2Points = (vk: VerifyingKey): readonly (readonly [string, G2Point])[] => [
  ["beta2", vk.beta2],
  ["gamma2", vk.gamma2],
  ["delta2", vk.delta2],
];

function checkPoints(mcl: Mcl, vk: VerifyingKey): void {
  const codec = pointCodec(mcl);
  const target = mcl.reserve(SIZE.g2);
  const refuse = (name: string): never => {
    throw new SeroError(
      "key/point",
      `The verifying key's ${name} is not a point of its group other than the identity; rebuild the keys.`,
      { name },
    );
  };
  for (const [name, point] of g1Points(vk)) if (!codec.readG1(target, g1Bytes(point), 0)) refuse(name);
  for (const [name, point] of g2Points(vk)) if (!codec.readG2(target, g2Bytes(point), 0)) refuse(name);
}

/** P = ±Q exactly if the x coordinates are the same. Equal or opposite IC points let two inputs change together. */
function checkDifferences(vk: VerifyingKey): void {
  if (!sameX2(vk.gamma2, G2_GENERATOR) || vk.gamma2.y.some((c, i) => c !== G2_GENERATOR.y[i])) {
    throw new SeroError("key/gamma", "The verifying key's gamma2 is not the generator of G2; rebuild the keys.");
  }
  if (sameX2(vk.delta2, vk.gamma2) || sameX2(vk.delta2, G2_GENERATOR)) {
    throw new SeroError(
      "key/delta",
      "The verifying key's delta2 is gamma2 or the generator, up to sign: phase 2 was never run, and anybody can forge.",
    );
  }
  const refuse = (first: string, second: string): never => {
    throw new SeroError(
      "key/equal",
      `The verifying key's ${first} and ${second} are equal or opposite; rebuild the keys.`,
      {
        first,
        second,
      },
    );
  };
  const seen = new Map<string, string>([[G1_GENERATOR.x.toString(), "generator of G1"]]);
  for (const [name, { x }] of g1Points(vk)) {
    const other = seen.get(x.toString());
    if (other !== undefined) refuse(other, name);
    seen.set(x.toString(), name);
  }
  if (sameX2(vk.beta2, vk.gamma2)) refuse("beta2", "gamma2");
  if (sameX2(vk.beta2, vk.delta2)) refuse("beta2", "delta2");
}

/** e(delta1, G2) = e(G1, delta2), and the same for beta where beta1 is known. */
function checkScalars(mcl: Mcl, vk: VerifyingKey): void {
  const { raw } = mcl;
  const codec = pointCodec(mcl);
  const [g1, g2, gt] = [mcl.reserve(SIZE.g1 * 2), mcl.reserve(SIZE.g2 * 2), mcl.reserve(SIZE.gt)];
  const pairs = [
    ["delta", vk.delta1, vk.delta2],
    ["beta", vk.beta1, vk.beta2],
  ] as const;
  for (const [name, first, second] of pairs) {
    if (first === undefined) continue;
    codec.readG1(g1, g1Bytes(first), 0);
    codec.readG1(g1 + SIZE.g1, g1Bytes(G1_GENERATOR), 0);
    raw._mclBnG1_neg(g1 + SIZE.g1, g1 + SIZE.g1);
    codec.readG2(g2, g2Bytes(G2_GENERATOR), 0);
    codec.readG2(g2 + SIZE.g2, g2Bytes(second), 0);
    raw._mclBn_millerLoopVec(gt, g1, g2, 2);
    raw._mclBn_finalExp(gt, gt);
    if (raw._mclBnGT_isOne(gt) !== 1) {
      throw new SeroError(
        "key/scalar",
        `The verifying key's ${name}1 and ${name}2 hold different secrets; rebuild the keys.`,
        {
          name,
        },
      );
    }
  }
}

const sameX2 = (p: G2Point, q: G2Point): boolean => p.x[0] === q.x[0] && p.x[1] === q.x[1];
