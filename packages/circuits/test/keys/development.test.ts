import { readFile } from "node:fs/promises";
import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_ORDER, Fr } from "@sero/protocol";
import { groth16, zKey } from "snarkjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SpendArtifacts, SpendWitness } from "../../src/index.js";
import {
  BASE_FIELD_ORDER,
  computeWitness,
  DEVELOPMENT_ALPHA1,
  DEVELOPMENT_SECRETS,
  ensureSpendArtifacts,
  isDevelopmentKey,
  keyScalars,
  lagrangeBasis,
  openVerifier,
  parseR1cs,
  parseZkey,
  publicSignals,
  rootOfUnity,
} from "../../src/index.js";
import { snarkjsWitness } from "../helpers/snarkjs.js";
import { fromSnarkjs } from "../prove/snarkjs-proof.js";
import { richPlan, spendWitness } from "../helpers/spend.js";
import { letMessagesThrough } from "../helpers/yield.js";

afterEach(letMessagesThrough);

let artifacts: SpendArtifacts;
beforeAll(async () => {
  artifacts = await ensureSpendArtifacts();
});

const { tau, alpha, beta, delta } = DEVELOPMENT_SECRETS;
const G1 = bn254.G1.Point.BASE;
const G2 = bn254.G2.Point.BASE;

describe("A8: every public input is bound", () => {
  it.each([
    ["a rich spend", () => spendWitness(richPlan)],
    // Nothing but the proof system itself binds the anchor here.
    ["two dummies", () => spendWitness({ notes: [], outputs: [] })],
  ])("A8: snarkjs proves %s with our key; with any public input changed the proof is false", async (_, make) => {
    const witness: SpendWitness = make();
    const { proof, publicSignals: proven } = await groth16.prove(
      artifacts.keyPath,
      snarkjsWitness(computeWitness(artifacts, witness)),
    );
    expect(proven.map(BigInt)).toEqual(publicSignals(witness.statement));
    expect(await groth16.verify(await zKey.exportVerificationKey(artifacts.keyPath), proven, proof)).toBe(true);
    const verifier = await openVerifier(artifacts.vk);
    const inputs = proven.map(BigInt);
    expect(verifier.verify(inputs, fromSnarkjs(proof))).toBe(true);
    for (let i = 0; i < inputs.length; i++) {
      const changed = inputs.map((x, j) => (j === i ? Fr.add(x, 1n) : x));
      expect(verifier.verify(changed, fromSnarkjs(proof)), `public input ${i}`).toBe(false);
    }
  });
});

describe("the development key", () => {
  it("is made from secrets that a key needs: not 0, not 1, all different", () => {
    const values = [0n, 1n, FIELD_ORDER - 1n, tau, alpha, beta, delta, FIELD_ORDER - delta];
    expect(new Set(values).size).toBe(values.length);
    expect(Fr.pow(tau, 2n ** 28n)).not.toBe(1n);
  });

  it("has the points that follow from the secrets", async () => {
    const { vk } = artifacts;
    expect(vk.alpha1).toEqual(g1(alpha));
    expect(vk.alpha1).toEqual(DEVELOPMENT_ALPHA1);
    expect(vk.beta1).toEqual(g1(beta));
    expect(vk.delta1).toEqual(g1(delta));
    expect(vk.beta2).toEqual(g2(beta));
    expect(vk.gamma2).toEqual(g2(1n));
    expect(vk.delta2).toEqual(g2(delta));
    const scalars = keyScalars(parseR1cs(await readFile(artifacts.r1csPath)), DEVELOPMENT_SECRETS);
    expect(vk.ic).toEqual(scalars.ic.map(g1));

    const key = parseZkey(await readFile(artifacts.keyPath));
    for (const wire of [0, 1, 5, 300, 9000, key.wires - 1]) {
      expect(point1(key.a, wire), `a ${wire}`).toEqual(g1(scalars.a[wire] ?? 0n));
      expect(point1(key.b1, wire), `b1 ${wire}`).toEqual(g1(scalars.b[wire] ?? 0n));
    }
    for (const i of [0, 77, key.domainSize - 1]) expect(point1(key.h, i), `h ${i}`).toEqual(g1(scalars.h[i] ?? 0n));
  });

  it("is known as one, and another is not", () => {
    expect(isDevelopmentKey(artifacts.vk)).toBe(true);
    const mirrored = { ...artifacts.vk.alpha1, y: BASE_FIELD_ORDER - artifacts.vk.alpha1.y };
    expect(isDevelopmentKey({ ...artifacts.vk, alpha1: mirrored })).toBe(true);
    expect(isDevelopmentKey({ ...artifacts.vk, alpha1: g1(7n) })).toBe(false);
  });

  it("is the same file everywhere", async () => {
    const pins = JSON.parse(await readFile(new URL("../../circom/pins.json", import.meta.url), "utf8"));
    expect(artifacts.hashes.key).toBe(pins.spend.developmentKeySha256);
  });

  it("is refused when cut or of another kind", async () => {
    const bytes = await readFile(artifacts.keyPath);
    const refused = expect.objectContaining({ code: "circuits/zkey" });
    expect(() => parseZkey(bytes.subarray(0, 1000))).toThrow(refused);
    expect(() => parseZkey(bytes.subarray(0, bytes.length - 1))).toThrow(refused);
    expect(() => parseZkey(new Uint8Array(0))).toThrow(refused);
    expect(() => parseZkey(Uint8Array.from(bytes.subarray(0, 5000), (x, i) => (i === 24 ? 2 : x)))).toThrow(refused);
  });
});

describe("the Lagrange basis", () => {
  it("is 1 at its root and 0 at the others, seen from a point in between", () => {
    // Interpolates x^3 + 5 over 8 roots and evaluates it at 9.
    const at = (x: bigint): bigint => Fr.add(Fr.pow(x, 3n), 5n);
    const basis = lagrangeBasis(3, 9n);
    const root = rootOfUnity(3);
    const sum = basis.reduce((total, value, j) => Fr.add(total, Fr.mul(value, at(Fr.pow(root, BigInt(j))))), 0n);
    expect(sum).toBe(at(9n));
    expect(Fr.pow(root, 8n)).toBe(1n);
    expect(Fr.pow(root, 4n)).not.toBe(1n);
  });
});

function g1(scalar: bigint) {
  if (scalar === 0n) return { x: 0n, y: 0n };
  const { x, y } = G1.multiply(scalar).toAffine();
  return { x, y };
}

function g2(scalar: bigint) {
  const { x, y } = G2.multiply(scalar).toAffine();
  return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
}

/** A point of a zkey section: Montgomery form, little-endian. */
function point1(section: Uint8Array, index: number) {
  const coordinate = (at: number): bigint => {
    const raw = BigInt(
      `0x${Buffer.from(section.subarray(at, at + 32))
        .reverse()
        .toString("hex")}`,
    );
    return bn254.fields.Fp.mul(raw, bn254.fields.Fp.inv(bn254.fields.Fp.create(2n ** 256n)));
  };
  return { x: coordinate(64 * index), y: coordinate(64 * index + 32) };
}
