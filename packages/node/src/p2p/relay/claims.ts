import { decodeTransaction, SeroError } from "@sero/protocol";

/**
 * Which notes a peer's stemmed transactions spend. Of one peer only one transaction a note is looked at while that is being stemmed: proofs can be
 * re-randomised for nothing, and without this each copy, and each further spend of one note, would be verified along a whole stem.
 * It depends on nothing but what this very peer brought, so nobody learns from it what others did.
 */
export interface Claims {
  /**
   * @param key names the bytes
   * @returns whether the peer may bring them: it brought these very bytes before, or nothing else that spends these notes
   */
  take(peer: string, key: string, nullifiers: readonly bigint[]): boolean;
  /** Forgets what these bytes claimed, for whoever brought them. */
  release(key: string): void;
}

/** Makes an empty table. It holds as much as is being verified or stemmed. */
export function openClaims(): Claims {
  const holders = new Map<string, string>();
  const claimed = new Map<string, Set<string>>();
  return {
    take(peer, key, nullifiers) {
      const names = nullifiers.map((nullifier) => `${peer}:${nullifier.toString(16)}`);
      if (names.some((name) => (holders.get(name) ?? key) !== key)) return false;
      const own = claimed.get(key) ?? new Set<string>();
      claimed.set(key, own);
      for (const name of names) {
        holders.set(name, key);
        own.add(name);
      }
      return true;
    },
    release(key) {
      for (const name of claimed.get(key) ?? []) holders.delete(name);
      claimed.delete(key);
    },
  };
}

/** The nullifiers that a transaction's bytes name; none if they are no transaction's, which whoever verifies them says. */
export function nullifiersIn(bytes: Uint8Array): bigint[] {
  try {
    return decodeTransaction(bytes).bundles.flatMap(({ nullifiers }) => [...nullifiers]);
  } catch (error) {
    if (error instanceof SeroError) return [];
    throw error;
  }
}
