import { readFileSync } from "node:fs";
import {
  ensureRepackArtifacts,
  openKeyedVerifier,
  openRepackProver,
  openWitnessCalculator,
  repackCommitments,
  repackPublicSignals,
  repackSignals,
  verifyingKeyBytes,
  type RepackNote,
  type RepackWitness,
} from "@sero/circuits";
import {
  ASSET_KINDS,
  assetIdOf,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  COIN,
  randomBytes,
  type AssetId,
  type Inner,
} from "@sero/protocol";
import { groth16 } from "snarkjs";
import { interleavedMs, timedOnOneCore, type Group } from "../measure.js";
import { snarkjsProof, snarkjsVerifyingKey, snarkjsWitness } from "../snarkjs.js";

const PROVE_RUNS = 5;
const VERIFY_RUNS = 9;

const secret = (): bigint => bytesToBigInt(randomBytes(31));
const note = (asset: AssetId, value: bigint): RepackNote => ({
  inner: secret() as Inner,
  asset,
  value,
  blind: secret(),
});

/** A package of coin and one of a token become two packages and change. */
function example(): RepackWitness {
  const token = assetIdOf(ASSET_KINDS.token, randomBytes(20), 0n);
  return {
    ctx: secret(),
    inputs: [note(COIN, 1000n), note(token, 500n)],
    outputs: [note(token, 300n), note(COIN, 1000n), note(token, 200n)],
  };
}

/** A repack proved and verified by ours and by snarkjs, in turn; ours verifies as the precompile does, under a key that comes with the proof. */
export const repack: Group = async ({ progress }) => {
  const artifacts = await ensureRepackArtifacts();
  const witness = example();
  const theirKey = { type: "mem", data: new Uint8Array(readFileSync(artifacts.keyPath)) } as const;
  const calculator = openWitnessCalculator(new Uint8Array(readFileSync(artifacts.wasmPath)));
  const theirWitness = snarkjsWitness(calculator.calculate(repackSignals(witness)));
  const prover = await openRepackProver({ artifacts });
  try {
    const proving = await interleavedMs(
      PROVE_RUNS,
      { ours: () => prover.prove(witness), theirs: () => groth16.prove(theirKey, theirWitness) },
      (run) => progress((0.7 * run) / (PROVE_RUNS + 1), `proof ${run + 1} of ${PROVE_RUNS + 1}, ours and snarkjs's`),
    );
    const proof = await prover.prove(witness);
    const { inCm, outCm } = repackCommitments(witness);
    const inputs = repackPublicSignals(witness.ctx, inCm, outCm);
    const verifier = await openKeyedVerifier();
    const key = verifyingKeyBytes(artifacts.vk);
    const words = concatBytes(...inputs.map((x) => bigIntToBytes(x, 32)));
    const [theirVk, theirInputs, theirProof] = [
      snarkjsVerifyingKey(artifacts.vk),
      inputs.map(String),
      snarkjsProof(proof),
    ];
    const expectTrue = (verdict: boolean): void => {
      if (!verdict) throw new Error("A repack's proof does not verify.");
    };
    const verifying = await interleavedMs(
      VERIFY_RUNS,
      {
        ours: () => expectTrue(verifier.verify(key, proof, words)),
        theirs: async () => expectTrue(await groth16.verify(theirVk, theirInputs, theirProof)),
      },
      (run) => progress(0.7 + (0.3 * run) / (VERIFY_RUNS + 1), `check ${run + 1} of ${VERIFY_RUNS + 1}`),
      timedOnOneCore,
    );
    return {
      "repack.constraints": artifacts.constraints,
      "repack.prove.ms": proving.ours,
      "repack.prove.snarkjs.ms": proving.theirs,
      "repack.verify.ms": verifying.ours,
      "repack.verify.snarkjs.ms": verifying.theirs,
    };
  } finally {
    await prover.close();
  }
};
