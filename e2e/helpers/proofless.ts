import { readFileSync } from "node:fs";
import { openWitnessCalculator, witnessSignals, type BundleVerifier, type SpendArtifacts } from "@sero/circuits";
import { randomBytes } from "@sero/protocol";
import { verifySignatureBatchFast } from "@sero/protocol/wasm";
import { nodePlatform, type Platform, type Proving } from "@sero/wallet";

/**
 * Everything but the proof itself, for tests that are about something else and need hundreds of payments: the sender computes the whole
 * witness, in which the circuit's own program refuses whatever it would not prove; the node checks signatures. Proof bytes are random.
 */
export const prooflessVerifier = (): BundleVerifier => ({
  check: async (items) => verifySignatureBatchFast(items),
  close: async () => undefined,
});

/** A wallet platform whose payments satisfy the circuit and carry random bytes for proofs. */
export const prooflessPlatform = (artifacts: Pick<SpendArtifacts, "wasmPath">): Platform => {
  const calculator = openWitnessCalculator(readFileSync(artifacts.wasmPath));
  const proving: Proving = {
    prove: async (witness) => {
      calculator.calculate(witnessSignals(witness)).fill(0);
      return randomBytes(256);
    },
    check: async (items) => verifySignatureBatchFast(items),
    close: async () => undefined,
  };
  return { ...nodePlatform({ threads: 1 }), openProving: async () => proving };
};
