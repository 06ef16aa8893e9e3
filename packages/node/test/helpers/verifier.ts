import type { BundleCheck, BundleVerifier } from "@sero/circuits";

/** A verifier that checks nothing, counts what it is given, and calls proofs bad whose first byte is `badByte`. */
export interface TestVerifier extends BundleVerifier {
  /** Bundles given to it so far. */
  readonly checked: () => number;
  /** Batches given to it so far. */
  readonly batches: () => readonly number[];
}

export const BAD_PROOF = 0xbd;

export function acceptAllVerifier(options: { readonly delayMs?: number } = {}): TestVerifier {
  const batches: number[] = [];
  return {
    checked: () => batches.reduce((sum, size) => sum + size, 0),
    batches: () => batches,
    async check(items: readonly BundleCheck[]) {
      batches.push(items.length);
      if (options.delayMs) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
      return items.map((item) => item.proof[0] !== BAD_PROOF);
    },
    close: () => Promise.resolve(),
  };
}
