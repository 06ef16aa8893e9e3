import type { SeroError } from "@sero/protocol";

/** Remembers, up to a bound, byte strings that were found bad for good, by their keccak256. Never by txid: a bad copy marks nobody's transaction. */
export interface RejectedCache {
  get(bytesHash: string): SeroError | undefined;
  add(bytesHash: string, error: SeroError): void;
}

/** @param limit entries kept; the oldest go first */
export function openRejectedCache(limit: number): RejectedCache {
  const errors = new Map<string, SeroError>();
  return {
    get: (hash) => errors.get(hash),
    add(hash, error) {
      errors.set(hash, error);
      if (errors.size <= limit) return;
      const oldest = errors.keys().next();
      if (!oldest.done) errors.delete(oldest.value);
    },
  };
}
