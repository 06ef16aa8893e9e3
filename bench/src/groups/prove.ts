import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { ensureSpendArtifacts, openProver, openWitnessCalculator, witnessSignals } from "@sero/circuits";
import { openRules } from "@sero/execution";
import { groth16 } from "snarkjs";
import { interleavedMs, medianMs, timedOnOneCore, type Group } from "../measure.js";
import { paymentChain } from "../payments/cache.js";
import { benchSpec } from "../payments/chain.js";
import { unprovedPayment } from "../payments/real.js";
import { proofsOff } from "../payments/verifiers.js";
import { snarkjsWitness } from "../snarkjs.js";

const RUNS = 7;

/**
 * One proof by our prover and by snarkjs: same circuit, key, witness and number of threads, in turn. snarkjs gets its key and a finished
 * witness in memory; ours computes the witness and checks its own proof within its time.
 */
export const prove: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const rules = await openRules({ spec: benchSpec(), verifier: proofsOff() });
  const { witness } = unprovedPayment(paymentChain(rules), 0);
  const calculator = openWitnessCalculator(new Uint8Array(readFileSync(artifacts.wasmPath)));
  const signals = witnessSignals(witness);
  const witnessMs = await medianMs(9, () => calculator.calculate(signals), 2, timedOnOneCore);

  const theirKey = { type: "mem", data: new Uint8Array(readFileSync(artifacts.keyPath)) } as const;
  const theirWitness = snarkjsWitness(calculator.calculate(signals));
  // snarkjs takes a thread a core and can't be told otherwise.
  const threads = availableParallelism();
  const prover = await openProver({ artifacts, threads });
  try {
    const times = await interleavedMs(
      RUNS,
      {
        ours: () => prover.prove(witness),
        theirs: () => groth16.prove(theirKey, theirWitness),
      },
      (run) => progress(run / (RUNS + 1), `proof ${run + 1} of ${RUNS + 1}, ours and snarkjs's`),
    );
    return {
      "prove.ms": times.ours,
      "prove.snarkjs.ms": times.theirs,
      "prove.threads": threads,
      "witness.ms": witnessMs,
    };
  } finally {
    await prover.close();
  }
};
