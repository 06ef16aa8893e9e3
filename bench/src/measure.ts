/** What a group of figures is given. */
export interface GroupContext {
  /** Says how far the group is, 0 to 1, and with what. */
  readonly progress: (fraction: number, doing: string) => void;
  /** How many real payments the block that is imported holds. */
  readonly payments: number;
}

/** Figures by name; units are part of the names. */
export type Figures = Readonly<Record<string, number>>;

/** One group of figures. */
export type Group = (context: GroupContext) => Promise<Figures>;

/** The middle value; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const high = sorted[sorted.length >> 1];
  const low = sorted[(sorted.length - 1) >> 1];
  if (high === undefined || low === undefined) throw new RangeError("There is no median of nothing.");
  return (low + high) / 2;
}

/** How long `work` takes, milliseconds, with its result. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/**
 * As `timed` for work that keeps one thread busy: the lesser of wall clock and this process's processor time, so that what others take of
 * the core does not count. On an idle machine that is the wall clock, since processor time includes the threads of garbage collector and compiler.
 */
export async function timedOnOneCore<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly ms: number; readonly result: T }> {
  const before = process.cpuUsage();
  const { ms, result } = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return { ms: Math.min(ms, (user + system) / 1000), result };
}

/** Median time of `runs` runs after `warm` uncounted ones, milliseconds. */
export async function medianMs(
  runs: number,
  work: () => unknown,
  warm = 1,
  clock: typeof timed = timed,
): Promise<number> {
  for (let i = 0; i < warm; i++) await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push((await clock(work)).ms);
  return median(times);
}

/**
 * Median times of several pieces of work, run in turn so that a disturbance of the machine meets all of them: what peers are compared by.
 */
export async function interleavedMs<Name extends string>(
  runs: number,
  works: Readonly<Record<Name, () => unknown>>,
  onRun: (run: number) => void = () => undefined,
  clock: typeof timed = timed,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let run = -1; run < runs; run++) {
    onRun(run + 1);
    for (const name of names) {
      const { ms } = await clock(works[name]);
      // The first round compiles and fills caches.
      if (run >= 0) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}

/** A figure with as many digits as the measurement bears: three that count, or whole numbers. */
export function rounded(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError("A figure must be a finite number.");
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
