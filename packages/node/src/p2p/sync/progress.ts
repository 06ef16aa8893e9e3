/** Where a sync is. */
export interface SyncProgress {
  /** Number of the head when this sync began, and now. */
  readonly startingBlock: bigint;
  readonly currentBlock: bigint;
  /** Number of the block it is on the way to. */
  readonly highestBlock: bigint;
  /** Headers that are still to be found before blocks can be executed. */
  readonly headersLeft: bigint;
}

/** Guesses how long counting up or down to an end will take, from how fast it went lately. */
export interface Pace {
  /** Notes that so many were done at this moment (milliseconds). */
  note(done: bigint, ms: number): void;
  /** Things a second; 0 as long as nothing is known. */
  perSecond(): number;
}

/** What counts is the last half minute or so: the first blocks of a chain are empty, later ones are not. */
const WINDOW_MS = 30_000;

/** Makes a pace of nothing. */
export function openPace(): Pace {
  let seen: { done: bigint; ms: number }[] = [];
  return {
    note(done, ms) {
      if (seen.length > 0 && done < seen[seen.length - 1]!.done) seen = [];
      seen.push({ done, ms });
      while (seen.length > 2 && seen[1]!.ms < ms - WINDOW_MS) seen.shift();
    },
    perSecond() {
      const [first, last] = [seen[0], seen[seen.length - 1]];
      if (!first || !last || last.ms <= first.ms) return 0;
      return (1000 * Number(last.done - first.done)) / (last.ms - first.ms);
    },
  };
}

/** Seconds for so many more at this pace; undefined while it cannot be known. */
export function secondsLeft(left: bigint, perSecond: number): number | undefined {
  return perSecond > 0 ? Math.round(Number(left) / perSecond) : undefined;
}
