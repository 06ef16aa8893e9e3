import { keyExpectations } from "@sero/protocol";
import {
  ensureRepackArtifacts,
  ensureSpendArtifacts,
  inlineVerifier,
  openProver,
  openRepackProver,
  type SetupProgress,
} from "@sero/circuits";
import type { Proving } from "../../build/index.js";
import type { Platform, RepackProving } from "../../wallet/platform.js";

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

/** Opens the prover of the repack circuit, building circuit and development keys if they are not there yet. */
export function nodeRepackProving(
  options: {
    readonly threads?: number | undefined;
    readonly onSetup?: ((progress: SetupProgress) => void) | undefined;
  } = {},
): () => Promise<RepackProving> {
  return async () => {
    const { threads, onSetup } = options;
    const artifacts = await ensureRepackArtifacts(onSetup === undefined ? {} : { onProgress: onSetup });
    const prover = await openRepackProver(threads === undefined ? { artifacts } : { artifacts, threads });
    return { prove: (witness) => prover.prove(witness), close: () => prover.close() };
  };
}
