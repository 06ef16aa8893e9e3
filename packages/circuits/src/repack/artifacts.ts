import { ensureArtifacts, type SetupOptions } from "../setup/index.js";
import type { CircuitArtifacts } from "../types.js";

/**
 * The repack circuit built and checked against its pin, with its development key: from build/circuits if it is there, else made in a few
 * seconds. Safe to call from several processes at once. Throws circuits/compile, circuits/pin or circuits/cache.
 */
export const ensureRepackArtifacts = (options: SetupOptions = {}): Promise<CircuitArtifacts> =>
  ensureArtifacts("repack", options);
