/** What a comparison of two samples gave: `statistic` beyond `limit` would be chance once in 10^9. */
export interface Verdict {
  readonly statistic: number;
  readonly limit: number;
}

/** Standard deviations beyond which a result counts: about 10^-9 one-sided, so that thousands of comparisons raise no false alarm. */
const DEVIATIONS = 6;

/** The value that chi-square with so many degrees of freedom exceeds with a chance of about 10^-9 (Wilson and Hilferty, 1931). */
const limitOf = (degrees: number): number => {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + DEVIATIONS * Math.sqrt(part)) ** 3;
};

/** Whether two samples, counted into the same bins, could come from one distribution (chi-square of two samples). */
export const sameDistribution = (a: readonly number[], b: readonly number[]): Verdict => {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [sizeA, sizeB] = [sum(a), sum(b)];
  let statistic = 0;
  let bins = 0;
  a.forEach((countA, i) => {
    const countB = b[i] ?? 0;
    if (countA + countB === 0) return;
    bins++;
    statistic += (Math.sqrt(sizeB / sizeA) * countA - Math.sqrt(sizeA / sizeB) * countB) ** 2 / (countA + countB);
  });
  return { statistic, limit: limitOf(Math.max(1, bins - 1)) };
};

/** Whether counts could come from equally likely bins. */
export const uniform = (counts: readonly number[]): Verdict => {
  const expected = counts.reduce((total, value) => total + value, 0) / counts.length;
  const statistic = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  return { statistic, limit: limitOf(counts.length - 1) };
};

/** How often each value from 0 to bins - 1 occurs. */
export const counted = (values: Iterable<number>, bins: number): number[] => {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/**
 * Compares two sets of byte strings of one length: at each position the upper and the lower half of the byte, and all bytes together. Gives
 * the places where they differ more than chance explains.
 */
export const differences = (a: readonly Uint8Array[], b: readonly Uint8Array[]): string[] => {
  const length = a[0]?.length ?? 0;
  const found: string[] = [];
  const compare = (where: string, of: (bytes: Uint8Array) => Iterable<number>, bins: number): void => {
    const { statistic, limit } = sameDistribution(
      counted(
        a.flatMap((x) => [...of(x)]),
        bins,
      ),
      counted(
        b.flatMap((x) => [...of(x)]),
        bins,
      ),
    );
    if (statistic > limit) found.push(`${where}: ${statistic.toFixed(0)} > ${limit.toFixed(0)}`);
  };
  for (let at = 0; at < length; at++) {
    compare(`byte ${at}, upper half`, (bytes) => [(bytes[at] ?? 0) >> 4], 16);
    compare(`byte ${at}, lower half`, (bytes) => [(bytes[at] ?? 0) & 15], 16);
  }
  compare("all bytes", (bytes) => bytes, 256);
  compare(
    "bits set",
    (bytes) => [Math.min(15, Math.max(0, Math.round((ones(bytes) - length * 4) / Math.sqrt(length * 2)) + 8))],
    16,
  );
  return found;
};

const ones = (bytes: Uint8Array): number => {
  let count = 0;
  for (let byte of bytes) for (; byte > 0; byte >>= 1) count += byte & 1;
  return count;
};
