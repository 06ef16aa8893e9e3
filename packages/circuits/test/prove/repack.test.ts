import { readFileSync } from "node:fs";
import { FIELD_ORDER } from "@sero/protocol";
import { groth16 } from "snarkjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CircuitArtifacts,
  ensureRepackArtifacts,
  openKeyedVerifier,
  openRepackProver,
  openVerifier,
  openWitnessCalculator,
  REPACK_DEVELOPMENT_KEY,
  repackCommitments,
  repackPublicSignals,
  type RepackProver,
  repackSignals,
  type Verifier,
  verifyingKeyBytes,
} from "../../src/index.js";
import { toBytes32 } from "../../src/verify/points.js";
import { repackWitness, richRepack, sealed } from "../helpers/repack.js";
import { snarkjsWitness } from "../helpers/snarkjs.js";
import { TOKEN } from "../helpers/spend.js";
import { fromSnarkjs, toSnarkjs, verificationKeyJson } from "./snarkjs-proof.js";

describe("proofs of repacks", () => {
  const witness = repackWitness(richRepack);
  const { inCm, outCm } = repackCommitments(witness);
  const inputs = repackPublicSignals(witness.ctx, inCm, outCm);
  let artifacts: CircuitArtifacts;
  let prover: RepackProver;
  let verifier: Verifier;
  let proof: Uint8Array;
  beforeAll(async () => {
    artifacts = await ensureRepackArtifacts();
    prover = await openRepackProver({ artifacts, threads: 2 });
    verifier = await openVerifier(REPACK_DEVELOPMENT_KEY);
    proof = await prover.prove(witness);
  });
  afterAll(() => prover.close());

  it("C22: agrees with snarkjs both ways: each verifies the other's proof under the same key", async () => {
    expect(verifier.verify(inputs, proof)).toBe(true);
    const calculator = openWitnessCalculator(readFileSync(artifacts.wasmPath));
    const theirs = await groth16.prove(
      readFileSync(artifacts.keyPath),
      snarkjsWitness(calculator.calculate(repackSignals(witness))),
    );
    expect(theirs.publicSignals).toEqual(inputs.map(String));
    expect(verifier.verify(inputs, fromSnarkjs(theirs.proof))).toBe(true);
    expect(await groth16.verify(verificationKeyJson(artifacts.vk), inputs.map(String), toSnarkjs(proof))).toBe(true);
  });

  it("A8: each public input changed after proving makes the proof false, also to the other root of its square", async () => {
    const keyed = await openKeyedVerifier();
    const holds = (given: readonly bigint[]): boolean => {
      const words = Uint8Array.from(given.flatMap((x) => [...toBytes32(x)]));
      const verdict = keyed.verify(verifyingKeyBytes(REPACK_DEVELOPMENT_KEY), proof, words);
      expect(verifier.verify(given, proof)).toBe(verdict);
      return verdict;
    };
    expect(holds(inputs)).toBe(true);
    inputs.forEach((x, i) => {
      for (const other of [(x + 1n) % FIELD_ORDER, FIELD_ORDER - x, 0n, inputs[(i + 1) % inputs.length] ?? 0n])
        expect(holds(inputs.with(i, other)), `${i}`).toBe(false);
      // A6: the same number written otherwise.
      if (x + FIELD_ORDER < 1n << 256n) expect(holds(inputs.with(i, x + FIELD_ORDER))).toBe(false);
    });
  });

  it("A8: without a constraint on it in the circuit, too, every input has its place in the key", () => {
    const { ic } = REPACK_DEVELOPMENT_KEY;
    expect(new Set(ic.map(({ x }) => x)).size).toBe(inputs.length + 1);
  });

  it("proves fillers and merges, with progress that only goes up", async () => {
    const merged = repackWitness({
      packages: [sealed("x", TOKEN, 2n)],
      outputs: [sealed("y", TOKEN, 2n)],
      asset: TOKEN,
    });
    const seen: number[] = [];
    const made = await prover.prove(merged, { onProgress: (fraction) => seen.push(fraction) });
    const public_ = repackCommitments(merged);
    expect(public_.inCm[1]).toBe(0n);
    expect(verifier.verify(repackPublicSignals(merged.ctx, public_.inCm, public_.outCm), made)).toBe(true);
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(seen.at(-1)).toBe(1);
  });

  it("says so when the sides don't balance, and can be cancelled", async () => {
    const [first, ...others] = richRepack.outputs;
    if (first === undefined) throw new Error("no output");
    const more = repackWitness({ ...richRepack, outputs: [{ ...first, value: first.value + 1n }, ...others] });
    await expect(prover.prove(more)).rejects.toMatchObject({ code: "circuits/unsatisfied" });
    const abort = new AbortController();
    const working = prover.prove(witness, { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(working).rejects.toMatchObject({ code: "workers/cancelled" });
    expect(verifier.verify(inputs, await prover.prove(witness))).toBe(true);
  });
});
