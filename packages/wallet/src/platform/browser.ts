import { x25519Noble } from "@sero/protocol";
import type { Proving } from "../build/index.js";
import { inlineTrialEngine } from "../scan/index.js";
import { portableKdf } from "../store/kdf.js";
import type { Platform } from "../wallet/platform.js";
import { openFastTreeHash } from "./tree-hash.js";

/** What every JavaScript engine with WebAssembly has. The page supplies the prover (in a worker of its own). */
export function portablePlatform(openProving: () => Promise<Proving>): Platform {
  return {
    kdf: portableKdf,
    makeSharedSecret: x25519Noble,
    openTrialEngine: (keys) => inlineTrialEngine(keys, x25519Noble),
    openTreeHash: openFastTreeHash,
    openProving,
    now: Date.now,
  };
}
