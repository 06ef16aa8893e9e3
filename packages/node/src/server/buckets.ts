/** An allowance that refills: `burst` at once, `perSecond` in the long run. */
export interface BucketRule {
  readonly burst: number;
  readonly perSecond: number;
}

/** One allowance for each key. */
export interface Buckets {
  /**
   * Takes `amount`, also if less is left: the debt is paid off before more is given.
   *
   * @returns 0 if it was granted, else milliseconds after which it would be
   */
  take(key: string, amount: number): number;
  /** Milliseconds after which something would be granted; takes nothing. */
  wait(key: string): number;
  readonly size: number;
}

/** Something is given as long as one unit is left; sums of parts of one fall short of it by rounding. */
const WHOLE = 1 - 1e-6;

interface Bucket {
  level: number;
  time: number;
}

/**
 * Opens the allowances. At most `maxKeys` are remembered: beyond that the one longest unused is forgotten, which gives its owner a full one.
 *
 * @param now milliseconds that only grow
 */
export function openBuckets({ burst, perSecond }: BucketRule, maxKeys: number, now: () => number): Buckets {
  const buckets = new Map<string, Bucket>();

  /** The bucket as it is now; last in the order of use. */
  function touch(key: string): Bucket {
    const time = now();
    const bucket = buckets.get(key) ?? { level: burst, time };
    bucket.level = Math.min(burst, bucket.level + ((time - bucket.time) / 1000) * perSecond);
    bucket.time = time;
    buckets.delete(key);
    buckets.set(key, bucket);
    if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value!);
    return bucket;
  }
  const waitOf = ({ level }: Bucket): number => (level >= WHOLE ? 0 : Math.ceil((1000 * (1 - level)) / perSecond));

  return {
    take(key, amount) {
      const bucket = touch(key);
      const wait = waitOf(bucket);
      if (wait === 0) bucket.level -= amount;
      return wait;
    },
    wait: (key) => waitOf(touch(key)),
    get size() {
      return buckets.size;
    },
  };
}
