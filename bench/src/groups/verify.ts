import { ensureSpendArtifacts, openVerifier, type BundleCheck } from "@sero/circuits";
import { decodeAndCheckMany, openRules } from "@sero/execution";
import { verifySignature } from "@sero/protocol";
import { verifySignatureBatchFast } from "@sero/protocol/wasm";
import { groth16 } from "snarkjs";
import { interleavedMs, timedOnOneCore, type Group } from "../measure.js";
import { realPayments } from "../payments/cache.js";
import { benchSpec, firstBlockTime } from "../payments/chain.js";
import { proofsOff } from "../payments/verifiers.js";
import { snarkjsProof, snarkjsVerifyingKey } from "../snarkjs.js";

const BATCH = 64;
const RUNS = 11;

const expectTrue = (verdicts: readonly boolean[]): void => {
  if (verdicts.includes(false)) throw new Error("A payment of the bench does not verify; delete build/bench.");
};

/** Proofs and signatures of real payments, checked in this one thread. */
export const verify: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const rules = await openRules({ spec: benchSpec(), verifier: proofsOff() });
  const payments = await realPayments(artifacts, rules, BATCH, (done, count) =>
    progress((0.5 * done) / count, `proof ${done + 1} of ${count}`),
  );
  const items = decodeAndCheckMany(rules, payments, firstBlockTime(rules.spec)).flatMap(
    (verdict): readonly BundleCheck[] => {
      if (!verdict.ok) throw verdict.error;
      return verdict.value.checks;
    },
  );
  const [first] = items;
  if (first === undefined) throw new RangeError("There are no payments to verify.");
  // A true proof, of another statement.
  const spoilt = items.map((item, i) => (i === BATCH >> 1 ? { ...item, proof: first.proof } : item));
  const verifier = await openVerifier(artifacts.vk);
  const theirKey = snarkjsVerifyingKey(artifacts.vk);
  const theirInputs = first.inputs.map(String);
  const theirProof = snarkjsProof(first.proof);
  const times = await interleavedMs(
    RUNS,
    {
      single: () => expectTrue([verifier.verify(first.inputs, first.proof)]),
      batch: () => expectTrue(verifier.verifyBatch(items)),
      oneFalse: () => {
        if (verifier.verifyBatch(spoilt).filter((good) => !good).length !== 1) {
          throw new Error("One false proof among good ones was not found.");
        }
      },
      snarkjs: async () => expectTrue([await groth16.verify(theirKey, theirInputs, theirProof)]),
      signature: () => expectTrue([verifySignature(first.rk, first.message, first.signature)]),
      signatures: () => expectTrue(verifySignatureBatchFast(items)),
    },
    (run) => progress(0.5 + (0.5 * run) / (RUNS + 1), `round ${run + 1} of ${RUNS + 1}`),
    timedOnOneCore,
  );
  return {
    "verify.single.ms": times.single,
    "verify.batch64.msPerProof": times.batch / BATCH,
    "verify.batch64OneFalse.ms": times.oneFalse,
    "verify.snarkjs.ms": times.snarkjs,
    "signature.single.ms": times.signature,
    "signature.batch64.usPerSignature": (1000 * times.signatures) / BATCH,
  };
};
