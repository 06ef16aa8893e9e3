/** Numbers that repeat with their seed, in [0, 1) (mulberry32). For simulations only. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An exponential variable. */
export const exponential = (random: () => number, mean: number): number => -mean * Math.log(1 - random());

/** A log-normal variable with this median; `spread` is the standard deviation of its logarithm (Box-Muller). */
export function logNormal(random: () => number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}

/** `count` different whole numbers below `n`. */
export function draw(random: () => number, n: number, count: number): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (n - i));
    [all[i], all[other]] = [all[other] as number, all[i] as number];
  }
  return all.slice(0, count);
}
