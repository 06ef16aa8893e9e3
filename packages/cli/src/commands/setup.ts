import type { Context } from "../context.js";
import { loadArtifacts } from "./artifacts.js";

/** `sero setup`: builds the circuits and makes the development keys, unless the cache has them. */
export const setup = async ({ output }: Context): Promise<void> => {
  const started = Date.now();
  const { constraints, hashes, keyPath } = await loadArtifacts(output);
  const seconds = (Date.now() - started) / 1000;
  output.result(
    { circuit: "spend", constraints, hashes, keyPath, milliseconds: Date.now() - started },
    [
      `Spend circuit: ${constraints} constraints, ready (${seconds.toFixed(1)} s).`,
      "Its key was made from constants that everybody knows: for development chains only. Nodes refuse it on any other.",
    ].join("\n"),
  );
};
