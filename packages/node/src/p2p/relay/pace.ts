/** How much each peer is given. */
export interface Pace {
  /** Whether one more may go to this peer now; counts it if so. */
  allows(peer: string, now: number): boolean;
  forget(peer: string): void;
}

/** A bucket a peer that holds `perMinute` and fills evenly. Times in milliseconds. */
export function openPace(perMinute: number): Pace {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    allows(peer, now) {
      const bucket = buckets.get(peer) ?? { left: perMinute, at: now };
      bucket.left = Math.min(perMinute, bucket.left + ((now - bucket.at) * perMinute) / 60_000);
      bucket.at = now;
      buckets.set(peer, bucket);
      if (bucket.left < 1) return false;
      bucket.left--;
      return true;
    },
    forget: (peer) => void buckets.delete(peer),
  };
}
