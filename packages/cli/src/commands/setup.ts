import type { Context } from "../context.js";
import { loadAllArtifacts } from "./artifacts.js";

/** `sero setup`: builds the circuits and makes the development keys, unless the cache has them. */
export const setup = async ({ output }: Context): Promise<void> => {
  const started = Date.now();
  const { spend, repack } = await loadAllArtifacts(output);
  const seconds = (Date.now() - started) / 1000;
  output.result(
    {
      circuits: [
        { circuit: "spend", constraints: spend.constraints, hashes: spend.hashes, keyPath: spend.keyPath },
        { circuit: "repack", constraints: repack.constraints, hashes: repack.hashes, keyPath: repack.keyPath },
      ],
      milliseconds: Date.now() - started,
    },
    [
      `Spend circuit (${spend.constraints} constraints) and repack circuit (${repack.constraints}): ready (${seconds.toFixed(1)} s).`,
      "Their keys were made from constants that everybody knows: for development chains only. Nodes refuse them on any other.",
    ].join("\n"),
  );
};
