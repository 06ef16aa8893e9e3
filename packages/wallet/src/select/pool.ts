import type { SelectableNote } from "./types.js";

/** Notes of one asset, smallest first, from which bundles take. A plain sorted array: a transaction takes at most 16. */
export type NotePool<N extends SelectableNote> = N[];

/** Sorts notes by value, then age, so that a plan is a function of the notes alone. */
export function makePool<N extends SelectableNote>(notes: Iterable<N>): NotePool<N> {
  return [...notes].sort((a, b) => compare(a.value, b.value) || compare(a.leafIndex, b.leafIndex));
}

/** Takes the smallest note of at least `value`; undefined if none is that large. */
export function takeFit<N extends SelectableNote>(pool: NotePool<N>, value: bigint): N | undefined {
  let low = 0;
  let high = pool.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pool[middle]?.value ?? 0n) >= value) high = middle;
    else low = middle + 1;
  }
  return low < pool.length ? pool.splice(low, 1)[0] : undefined;
}

/** Takes the smallest note. */
export const takeSmallest = <N extends SelectableNote>(pool: NotePool<N>): N | undefined => pool.shift();

/** Takes the largest note. */
export const takeLargest = <N extends SelectableNote>(pool: NotePool<N>): N | undefined => pool.pop();

/** Sum of the values. */
export const sumOf = (notes: Iterable<SelectableNote>): bigint => {
  let sum = 0n;
  for (const note of notes) sum += note.value;
  return sum;
};

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
