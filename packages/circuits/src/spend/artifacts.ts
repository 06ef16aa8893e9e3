import { ensureArtifacts, type SetupOptions } from "../setup/index.js";
import type { SpendArtifacts } from "../types.js";

/**
 * The spend circuit built and checked against its pin, with its development key: from build/circuits if it is there, else made in about
 * 20 seconds. Safe to call from several processes at once. Throws circuits/compile, circuits/pin or circuits/cache.
 */
export const ensureSpendArtifacts = (options: SetupOptions = {}): Promise<SpendArtifacts> =>
  ensureArtifacts("spend", options);
