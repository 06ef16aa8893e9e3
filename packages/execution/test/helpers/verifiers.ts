import type { BundleCheck, BundleVerifier } from "@sero/circuits";
import { verifySignatureBatch } from "@sero/protocol";

/** Says yes to everything: proofs off. */
export function acceptAllVerifier(): BundleVerifier {
  return { check: (items) => Promise.resolve(items.map(() => true)), close: () => Promise.resolve() };
}

/** Checks signatures only. */
export function signatureVerifier(): BundleVerifier {
  return { check: (items) => Promise.resolve(verifySignatureBatch([...items])), close: () => Promise.resolve() };
}

/** Refuses the items that `bad` picks, counts what it was asked, and answers only after a turn of the event loop. */
export function pickyVerifier(bad: (item: BundleCheck) => boolean) {
  const seen: BundleCheck[] = [];
  const aborted: boolean[] = [];
  const verifier: BundleVerifier = {
    async check(items, options) {
      seen.push(...items);
      await new Promise((resolve) => setTimeout(resolve, 5));
      aborted.push(options?.signal?.aborted === true);
      if (options?.signal?.aborted === true) throw new Error("aborted");
      return items.map((item) => !bad(item));
    },
    close: () => Promise.resolve(),
  };
  return { verifier, seen, aborted };
}
