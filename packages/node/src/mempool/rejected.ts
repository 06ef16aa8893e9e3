import { SeroError } from "@sero/protocol";

/** Remembers, up to a bound, byte strings that were found bad for good, by their keccak256. Never by txid: a bad copy marks nobody's transaction. */
export interface RejectedCache {
  readonly size: number;
  get(bytesHash: string): SeroError | undefined;
  /** @param source one source's hashes take the place of its own, not of others' */
  add(bytesHash: string, error: SeroError, source: string): void;
  clear(): void;
}

/** An error without its stack, which would take a hundred times as much. */
interface Reason {
  readonly source: string;
  readonly code: string;
  readonly message: string;
  readonly values: SeroError["values"];
}

/**
 * @param limit hashes kept; the oldest go first
 * @param perSource hashes kept of one source
 */
export function openRejectedCache(limit: number, perSource: number): RejectedCache {
  const reasons = new Map<string, Reason>();
  const bySource = new Map<string, Set<string>>();

  function forget(hash: string | undefined): void {
    const reason = hash === undefined ? undefined : reasons.get(hash);
    if (hash === undefined || reason === undefined) return;
    reasons.delete(hash);
    const own = bySource.get(reason.source);
    own?.delete(hash);
    if (own?.size === 0) bySource.delete(reason.source);
  }
  const first = (keys: Iterable<string>): string | undefined => {
    for (const key of keys) return key;
    return undefined;
  };

  return {
    get size() {
      return reasons.size;
    },
    get(hash) {
      const reason = reasons.get(hash);
      return reason && new SeroError(reason.code, reason.message, reason.values);
    },
    add(hash, { code, message, values }, source) {
      if (reasons.has(hash)) return;
      const own = bySource.get(source) ?? new Set();
      if (own.size >= perSource) forget(first(own));
      reasons.set(hash, { source, code, message, values });
      bySource.set(source, own.add(hash));
      if (reasons.size > limit) forget(first(reasons.keys()));
    },
    clear() {
      reasons.clear();
      bySource.clear();
    },
  };
}
