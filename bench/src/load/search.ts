/** What trials have shown so far, payments a second. */
export interface SearchState {
  /** The highest rate that was held; 0 before the first. */
  readonly held: number;
  /** The lowest rate that was not held; undefined before the first. */
  readonly failed: number | undefined;
}

/** How near held and failed must come before the search ends. */
const CLOSE = 1.12;

/**
 * The next rate to try, or undefined when the search is over: doubling until one fails or the ceiling holds, then halving on the scale of
 * ratios.
 *
 * @param first the first rate tried
 * @param ceiling no rate above it is tried
 */
export function nextRate({ held, failed }: SearchState, first: number, ceiling: number): number | undefined {
  if (held >= ceiling) return undefined;
  if (failed === undefined) return held === 0 ? Math.min(first, ceiling) : Math.min(2 * held, ceiling);
  if (held === 0) return failed <= 1 ? undefined : Math.round(failed / 2);
  if (failed / held <= CLOSE) return undefined;
  const next = Math.round(Math.sqrt(held * failed));
  return next > held && next < failed ? next : undefined;
}
