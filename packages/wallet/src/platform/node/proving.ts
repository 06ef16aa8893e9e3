import { keyExpectations } from "@sero/protocol";
import { ensureSpendArtifacts, inlineVerifier, openProver, type SetupProgress } from "@sero/circuits";
import type { Proving } from "../../build/index.js";
import type { Platform } from "../../wallet/platform.js";

/** Opens the prover of the spend circuit, building circuit and development keys if they are not there yet. Loaded before the first proof only. */
export function nodeProving(
  options: {
    readonly threads?: number | undefined;
    readonly onSetup?: ((progress: SetupProgress) => void) | undefined;
  } = {},
): Platform["openProving"] {
  return async ({ spec }): Promise<Proving> => {
    const { threads, onSetup } = options;
    const artifacts = await ensureSpendArtifacts(onSetup === undefined ? {} : { onProgress: onSetup });
    const prover = await openProver(threads === undefined ? { artifacts } : { artifacts, threads });
    const verifier = inlineVerifier(artifacts.vk, keyExpectations(spec));
    return {
      prove: (witness, proveOptions) => prover.prove(witness, proveOptions),
      check: (items) => verifier.check(items),
      close: async () => {
        await prover.close();
        await verifier.close();
      },
    };
  };
}
