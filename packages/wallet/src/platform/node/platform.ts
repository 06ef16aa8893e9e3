import type { SetupProgress } from "@sero/circuits";
import { tryBatch } from "../../scan/index.js";
import type { OpenTrialEngine, TrialEngine } from "../../scan/index.js";
import type { Platform } from "../../wallet/platform.js";
import { nativeKdf } from "./kdf.js";
import { nodeProving, nodeRepackProving } from "./proving.js";
import { workerTrialEngine } from "./trial-pool.js";
import { openFastTreeHash } from "../tree-hash.js";
import { nativeSharedSecret } from "./x25519.js";

/** What can be chosen about how Node runs a wallet. */
export interface NodePlatformOptions {
  /** Worker threads for scanning and proving each. Default: one a core. */
  readonly threads?: number;
  /** Progress of building circuit and keys before the first proof ever. */
  readonly onSetup?: (progress: SetupProgress) => void;
}

/** Outputs that are tried in this thread: fewer than starting a worker costs. */
const INLINE_OUTPUTS = 256;

/** Few outputs are tried at once here; workers start with the first large batch. */
export function adaptiveTrialEngine(threads?: number): OpenTrialEngine {
  return (keys) => {
    const here = tryBatch(keys, nativeSharedSecret);
    let pool: TrialEngine | undefined;
    return {
      lanes: threads ?? 2,
      trial: async (batch) => {
        if (pool === undefined && batch.count <= INLINE_OUTPUTS) return here(batch);
        pool ??= workerTrialEngine(keys, threads);
        return pool.trial(batch);
      },
      close: async () => pool?.close(),
    };
  };
}

/** Node: native scrypt and X25519, worker threads, the prover of @sero/circuits. */
export function nodePlatform(options: NodePlatformOptions = {}): Platform {
  return {
    kdf: nativeKdf,
    makeSharedSecret: nativeSharedSecret,
    openTrialEngine: adaptiveTrialEngine(options.threads),
    openTreeHash: openFastTreeHash,
    openProving: nodeProving({ threads: options.threads, onSetup: options.onSetup }),
    openRepackProving: nodeRepackProving({ threads: options.threads, onSetup: options.onSetup }),
    now: Date.now,
  };
}
