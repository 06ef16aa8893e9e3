import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ensureSpendArtifacts } from "@sero/circuits";
import { medianMs, timed, type Group } from "../measure.js";

/**
 * What a newcomer waits for before the first proof: compiling the circuit and making the development keys. Measured on a copy of
 * @sero/circuits in an empty folder, since the package keeps what it built beside itself.
 */
export const setup: Group = async ({ progress }) => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const empty = mkdtempSync(join(tmpdir(), "sero-bench-"));
  try {
    mkdirSync(join(empty, "packages", "circuits"), { recursive: true });
    for (const part of ["package.json", "circom", "dist"]) {
      cpSync(join(root, "packages", "circuits", part), join(empty, "packages", "circuits", part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(empty, "node_modules"), "dir");
    const copy = pathToFileURL(join(empty, "packages", "circuits", "dist", "index.js")).href;
    const { ensureSpendArtifacts: ensureThere } = (await import(copy)) as {
      readonly ensureSpendArtifacts: typeof ensureSpendArtifacts;
    };
    const cold = await timed(() => ensureThere({ onProgress: ({ step, fraction }) => progress(0.9 * fraction, step) }));
    progress(0.95, "again, built already");
    const warm = await medianMs(5, () => ensureThere());
    return { "setup.ms": cold.ms, "setup.warm.ms": warm, "circuit.constraints": cold.result.constraints };
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
};
