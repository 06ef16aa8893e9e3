import type { RandomSource } from "../../bytes/index.js";
import type { SignedMessage } from "../../signature/index.js";
import { openSignatureVerifier } from "./verify.js";
import type { SignatureVerifier } from "./verify.js";

export { openSignatureVerifier };
export { decodePointFast, decodePoints } from "./points.js";
export type { SignatureVerifier };

// A cache of something that depends on nothing: opened by the first batch of this thread.
let shared: SignatureVerifier | undefined;

/** `verifySignatureBatch` in WebAssembly: the verdict on each signature, always that of checking it alone. Never throws for bad items. */
export function verifySignatureBatchFast(items: readonly SignedMessage[], random?: RandomSource): boolean[] {
  shared ??= openSignatureVerifier();
  return shared.verifyBatch(items, random);
}
