/** Counts what each source got wrong, so that one who sends false proofs runs out of attempts and not the node out of time. */
export interface FailureBudget {
  /** Whether the source has failed at all lately: its transactions are then checked apart from others'. */
  isSuspect(source: string): boolean;
  /** Whether the source may have no more proofs checked for now. */
  isExhausted(source: string): boolean;
  fail(source: string): void;
}

/** Sources remembered at most: an attacker with many addresses must not fill the memory. */
const MAX_SOURCES = 10_000;

/**
 * @param allowed false proofs within a window
 * @param windowMs milliseconds
 * @param now a clock in milliseconds
 */
export function openBudget(allowed: number, windowMs: number, now: () => number): FailureBudget {
  const failures = new Map<string, { count: number; since: number }>();
  function current(source: string): number {
    const entry = failures.get(source);
    if (!entry) return 0;
    if (now() - entry.since < windowMs) return entry.count;
    failures.delete(source);
    return 0;
  }
  return {
    isSuspect: (source) => current(source) > 0,
    isExhausted: (source) => current(source) >= allowed,
    fail(source) {
      const count = current(source);
      const entry = failures.get(source);
      if (entry) entry.count = count + 1;
      else failures.set(source, { count: 1, since: now() });
      if (failures.size <= MAX_SOURCES) return;
      const oldest = failures.keys().next();
      if (!oldest.done) failures.delete(oldest.value);
    },
  };
}
