import { groth16, zKey } from "snarkjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { SpendArtifacts } from "../src/index.js";
import { computeWitness, ensureSpendArtifacts, publicSignals } from "../src/index.js";
import { richPlan, spendWitness } from "./helpers/spend.js";
import { snarkjsWitness } from "./helpers/snarkjs.js";

let artifacts: SpendArtifacts;
beforeAll(async () => {
  artifacts = await ensureSpendArtifacts();
});

describe("the development key", () => {
  it("is a key that snarkjs proves and verifies with", async () => {
    const vk = await zKey.exportVerificationKey(artifacts.keyPath);
    const witness = spendWitness(richPlan);
    const { proof, publicSignals: proven } = await groth16.prove(
      artifacts.keyPath,
      snarkjsWitness(computeWitness(artifacts, witness)),
    );
    expect(proven.map(BigInt)).toEqual(publicSignals(witness.statement));
    expect(await groth16.verify(vk, proven, proof)).toBe(true);

    for (let i = 0; i < proven.length; i++) {
      const changed = proven.map((x, j) => (j === i ? (BigInt(x) + 1n).toString() : x));
      expect(await groth16.verify(vk, changed, proof), `public input ${i}`).toBe(false);
    }
  });
});
