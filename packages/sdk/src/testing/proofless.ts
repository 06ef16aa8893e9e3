import type { BundleVerifier } from "@sero/circuits";
import { randomBytes } from "@sero/protocol";
import { verifySignatureBatchFast } from "@sero/protocol/wasm";
import { nodePlatform, type Platform, type Proving } from "@sero/wallet";

/** Checks signatures and takes every proof. For chains of tests only. */
export const prooflessVerifier = (): BundleVerifier => ({
  check: async (items) => verifySignatureBatchFast(items),
  close: async () => undefined,
});

/** A wallet platform that makes proofs of nothing, at once. */
export const prooflessPlatform = (): Platform => {
  const proving: Proving = {
    prove: async () => randomBytes(256),
    check: async (items) => verifySignatureBatchFast(items),
    close: async () => undefined,
  };
  return { ...nodePlatform({ threads: 1 }), openProving: async () => proving };
};
