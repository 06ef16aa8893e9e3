import {
  ensureRepackArtifacts,
  ensureSpendArtifacts,
  type CircuitArtifacts,
  type SpendArtifacts,
} from "@sero/circuits";
import type { Output } from "../io/output.js";
import { openProgress } from "../io/progress.js";

const STEPS = { compile: "compiling the circuit", key: "making the development key" } as const;

/** The spend circuit's part of the time that both take. */
const SPEND_SHARE = 0.85;

/** The spend circuit with its development key: from the cache, or built with a progress line (about 20 seconds, once). */
export const loadArtifacts = async (output: Output): Promise<SpendArtifacts> => {
  const progress = openProgress(output, "Setting up proofs");
  try {
    return await ensureSpendArtifacts({ onProgress: ({ step, fraction }) => progress.update(fraction, STEPS[step]) });
  } finally {
    progress.done();
  }
};

/** Both circuits with their development keys, each from the cache or built, under one progress line. */
export const loadAllArtifacts = async (
  output: Output,
): Promise<Readonly<Record<"spend" | "repack", CircuitArtifacts>>> => {
  const progress = openProgress(output, "Setting up proofs");
  try {
    const spend = await ensureSpendArtifacts({
      onProgress: ({ step, fraction }) => progress.update(SPEND_SHARE * fraction, `spend: ${STEPS[step]}`),
    });
    const repack = await ensureRepackArtifacts({
      onProgress: ({ step, fraction }) =>
        progress.update(SPEND_SHARE + (1 - SPEND_SHARE) * fraction, `repack: ${STEPS[step]}`),
    });
    return { spend, repack };
  } finally {
    progress.done();
  }
};
