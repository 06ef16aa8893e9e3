import { ensureSpendArtifacts, type SpendArtifacts } from "@sero/circuits";
import type { Output } from "../io/output.js";
import { openProgress } from "../io/progress.js";

const STEPS = { compile: "compiling the spend circuit", key: "making the development key" } as const;

/** The spend circuit with its development key: from the cache, or built with a progress line (about 20 seconds, once). */
export const loadArtifacts = async (output: Output): Promise<SpendArtifacts> => {
  const progress = openProgress(output, "Setting up proofs");
  try {
    return await ensureSpendArtifacts({ onProgress: ({ step, fraction }) => progress.update(fraction, STEPS[step]) });
  } finally {
    progress.done();
  }
};
