/** What each peer is given, bounded in number and in what it has not taken yet. */
export interface Pace {
  /** Whether one more of `size` bytes may go to this peer now; counts it if so. Then `done` must follow. */
  begin(peer: string, size: number, now: number): boolean;
  /** It was taken, or could not be given. */
  done(peer: string, size: number): void;
  /** Forgets peers that could be given the full number again. */
  sweep(now: number): void;
}

interface Bucket {
  left: number;
  at: number;
  pending: number;
}

/**
 * A bucket a peer that holds `perMinute` and fills evenly. Times in milliseconds.
 *
 * @param maxPending bytes under way to one peer: one that reads slowly must not make this node hold more
 */
export function openPace(perMinute: number, maxPending: number): Pace {
  const buckets = new Map<string, Bucket>();
  const fill = (bucket: Bucket, now: number): void => {
    bucket.left = Math.min(perMinute, bucket.left + ((now - bucket.at) * perMinute) / 60_000);
    bucket.at = now;
  };
  return {
    begin(peer, size, now) {
      const bucket = buckets.get(peer) ?? { left: perMinute, at: now, pending: 0 };
      buckets.set(peer, bucket);
      fill(bucket, now);
      if (bucket.left < 1 || bucket.pending + size > maxPending) return false;
      bucket.left--;
      bucket.pending += size;
      return true;
    },
    done(peer, size) {
      const bucket = buckets.get(peer);
      if (bucket) bucket.pending -= size;
    },
    sweep(now) {
      for (const [peer, bucket] of buckets) {
        fill(bucket, now);
        if (bucket.left >= perMinute && bucket.pending === 0) buckets.delete(peer);
      }
    },
  };
}

/** How much each peer may give. */
export interface Meter {
  /** Whether `size` bytes more are within what this peer may give; counts them if so. */
  allows(peer: string, size: number, now: number): boolean;
  sweep(now: number): void;
}

/** A bucket of bytes a peer: `burst` at once, `perSecond` on the average. */
export function openMeter(burst: number, perSecond: number): Meter {
  const buckets = new Map<string, { left: number; at: number }>();
  const fill = (bucket: { left: number; at: number }, now: number): void => {
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
  };
  return {
    allows(peer, size, now) {
      const bucket = buckets.get(peer) ?? { left: burst, at: now };
      buckets.set(peer, bucket);
      fill(bucket, now);
      if (bucket.left < size) return false;
      bucket.left -= size;
      return true;
    },
    sweep(now) {
      for (const [peer, bucket] of buckets) {
        fill(bucket, now);
        if (bucket.left >= burst) buckets.delete(peer);
      }
    },
  };
}

/** On whose account a stem goes out: this node's own users, strangers' wallets that use its light port, or other peers. */
export type Account = "own" | "strangers" | "peers";

/** What peers are given by stem, each account within bounds of its own. */
export interface Shares {
  /** Whether one more of `size` bytes may go to this peer now; counts it if so. Then `done` must follow. */
  begin(account: Account, peer: string, size: number, now: number): boolean;
  done(account: Account, peer: string, size: number): void;
  sweep(now: number): void;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Together less than a peer takes (`RECEIVED` in relay.ts): what it drops unread would be as lost as what is not sent. */
const BOUNDS: Readonly<
  Record<
    Account,
    { readonly perMinute: number; readonly pending: number; readonly burst: number; readonly perSecond: number }
  >
> = {
  own: { perMinute: 4_000, pending: 1.5 * MIB, burst: 2 * MIB, perSecond: 300 * KIB },
  strangers: { perMinute: 1_000, pending: 0.5 * MIB, burst: 1 * MIB, perSecond: 100 * KIB },
  peers: { perMinute: 6_000, pending: 2 * MIB, burst: 4 * MIB, perSecond: 600 * KIB },
};

/**
 * Opens the accounts. Apart, because what is not stemmed is made public by the node that holds it: whoever could use up what goes to a
 * successor by stems of his own would make the node's users show where their transactions begin.
 */
export function openShares(): Shares {
  const open = ({ perMinute, pending, burst, perSecond }: (typeof BOUNDS)[Account]) => ({
    pace: openPace(perMinute, pending),
    meter: openMeter(burst, perSecond),
  });
  const shares = { own: open(BOUNDS.own), strangers: open(BOUNDS.strangers), peers: open(BOUNDS.peers) };
  return {
    begin(account, peer, size, now) {
      const { pace, meter } = shares[account];
      if (!pace.begin(peer, size, now)) return false;
      if (meter.allows(peer, size, now)) return true;
      pace.done(peer, size);
      return false;
    },
    done: (account, peer, size) => shares[account].pace.done(peer, size),
    sweep(now) {
      for (const { pace, meter } of Object.values(shares)) {
        pace.sweep(now);
        meter.sweep(now);
      }
    },
  };
}
