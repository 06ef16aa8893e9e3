import type { BundleVerifier } from "@sero/circuits";

/** Calls everything good: for figures in which proofs have no part. */
export const proofsOff = (): BundleVerifier => ({
  check: async (items) => items.map(() => true),
  close: async () => undefined,
});
