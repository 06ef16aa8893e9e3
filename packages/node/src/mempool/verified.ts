import type { CheckedTransaction } from "@sero/execution";

/** Remembers, up to a bound of bytes, transactions whose proofs were found good, by keccak256 of their bytes. */
export interface VerifiedCache {
  readonly bytes: number;
  get(bytesHash: string): CheckedTransaction | undefined;
  add(bytesHash: string, checked: CheckedTransaction): void;
}

/** @param limit bytes kept; what came first goes first */
export function openVerifiedCache(limit: number): VerifiedCache {
  const known = new Map<string, CheckedTransaction>();
  let bytes = 0;
  function forget(hash: string): void {
    bytes -= known.get(hash)?.bytes.length ?? 0;
    known.delete(hash);
  }
  return {
    get bytes() {
      return bytes;
    },
    get: (hash) => known.get(hash),
    add(hash, checked) {
      forget(hash);
      known.set(hash, checked);
      bytes += checked.bytes.length;
      for (const oldest of known.keys()) {
        if (bytes <= limit) return;
        forget(oldest);
      }
    },
  };
}
