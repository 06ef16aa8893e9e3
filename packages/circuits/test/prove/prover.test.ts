import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FIELD_ORDER } from "@sero/protocol";
import { groth16 } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  computeWitness,
  ensureSpendArtifacts,
  parseZkey,
  type Prover,
  publicSignals,
  type SpendArtifacts,
  type Verifier,
} from "../../src/index.js";
import { openProver } from "../../src/prove/index.js";
import { openVerifier } from "../../src/verify/groth16.js";
import { snarkjsWitness } from "../helpers/snarkjs.js";
import { richPlan, spendWitness } from "../helpers/spend.js";
import { fromSnarkjs, toSnarkjs, verificationKeyJson } from "./snarkjs-proof.js";

describe("prover", () => {
  const witness = spendWitness(richPlan);
  const inputs = publicSignals(witness.statement);
  let artifacts: SpendArtifacts;
  let prover: Prover;
  let verifier: Verifier;
  let proof: Uint8Array;
  beforeAll(async () => {
    artifacts = await ensureSpendArtifacts();
    prover = await openProver({ artifacts, threads: 2 });
    verifier = await openVerifier(artifacts.vk);
  });
  afterAll(() => prover.close());

  it("proves, with progress that only goes up", async () => {
    const seen: number[] = [];
    proof = await prover.prove(witness, { onProgress: (fraction) => seen.push(fraction) });
    expect(proof.length).toBe(256);
    expect(verifier.verify(inputs, proof)).toBe(true);
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBeGreaterThan(5);
  });

  it("C22: agrees with snarkjs both ways: each verifies the other's proof under the same key", async () => {
    const json = verificationKeyJson(artifacts.vk);
    const theirs = await groth16.prove(
      readFileSync(artifacts.keyPath),
      snarkjsWitness(computeWitness(artifacts, witness)),
    );
    expect(theirs.publicSignals).toEqual(inputs.map(String));
    expect(verifier.verify(inputs, fromSnarkjs(theirs.proof))).toBe(true);
    expect(await groth16.verify(json, inputs.map(String), toSnarkjs(proof))).toBe(true);
  });

  it("A8: a proof stands for its own public inputs only: each field changed after proving makes it false", () => {
    inputs.forEach((x, i) => {
      expect(verifier.verify(inputs.with(i, (x + 1n) % FIELD_ORDER), proof)).toBe(false);
      expect(verifier.verify(inputs.with(i, 0n), proof)).toBe(x === 0n);
    });
    expect(
      verifier.verify([...inputs.slice(0, 1), ...[2, 1].map((i) => inputs[i] ?? 0n), ...inputs.slice(3)], proof),
    ).toBe(false);
  });

  it("A6: the same proof with a public input plus r is refused", () => {
    inputs.forEach((x, i) => expect(verifier.verify(inputs.with(i, x + FIELD_ORDER), proof)).toBe(false));
  });

  it("says which kind of error a witness has that breaks the circuit's rules", async () => {
    const false_ = { ...witness, statement: { ...witness.statement, pubCoin: witness.statement.pubCoin + 1n } };
    await expect(prover.prove(false_)).rejects.toMatchObject({ code: "circuits/unsatisfied" });
  });

  it("C19: two proofs of one witness differ in every point: no identity hangs on their bytes", async () => {
    const second = await prover.prove(witness);
    expect(verifier.verifyBatch([proof, second].map((bytes) => ({ inputs, proof: bytes })))).toEqual([true, true]);
    for (const [from, to] of [
      [0, 64],
      [64, 192],
      [192, 256],
    ]) {
      expect(second.subarray(from, to)).not.toEqual(proof.subarray(from, to));
    }
  });

  it("is cancelled at once, whether at work or waiting, and can prove again", async () => {
    const before = new AbortController();
    before.abort();
    await expect(prover.prove(witness, { signal: before.signal })).rejects.toMatchObject({ code: "workers/cancelled" });
    for (const at of [0, 0.3]) {
      const abort = new AbortController();
      const working = prover.prove(witness, {
        signal: abort.signal,
        onProgress: (fraction) => fraction > at && abort.abort(),
      });
      const waiting = prover.prove(witness, { signal: abort.signal });
      if (at === 0) setTimeout(() => abort.abort(), 20);
      await expect(working).rejects.toMatchObject({ code: "workers/cancelled" });
      await expect(waiting).rejects.toMatchObject({ code: "workers/cancelled" });
    }
    expect(verifier.verify(inputs, await prover.prove(witness))).toBe(true);
  });

  it("C22: a proof that does not verify never leaves the prover", async () => {
    // A key with two points of the query h exchanged: everything runs through, and the proof is false.
    const directory = await mkdtemp(join(tmpdir(), "sero-prover-"));
    try {
      const file = new Uint8Array(readFileSync(artifacts.keyPath));
      const { h } = parseZkey(file);
      const [first, second] = [h.slice(0, 64), h.slice(64, 128)];
      h.set(second, 0);
      h.set(first, 64);
      const keyPath = join(directory, "damaged.zkey");
      await writeFile(keyPath, file);
      const damaged = await openProver({ artifacts: { ...artifacts, keyPath }, threads: 1 });
      await expect(damaged.prove(witness)).rejects.toMatchObject({ code: "prove/self-check" });
      await damaged.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it("refuses a file that is no proving key", async () => {
    await expect(openProver({ artifacts: { ...artifacts, keyPath: artifacts.wasmPath } })).rejects.toMatchObject({
      code: "circuits/zkey",
    });
  });
});
