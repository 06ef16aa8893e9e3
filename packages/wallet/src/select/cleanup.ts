import { COIN } from "@sero/protocol";
import { makePool, sumOf } from "./pool.js";
import { MAX_BUNDLES, type FeeOf, type PlannedBundle, type PlannedTransaction, type SelectableNote } from "./types.js";

/**
 * Plans a transaction that merges small coin notes two by two, the smallest that are worth their share of the fee first. Undefined when there
 * are fewer than `keep` + 2 notes worth merging.
 */
export function planCleanup<N extends SelectableNote>(
  notes: readonly N[],
  feeOf: FeeOf,
  keep = 8,
): PlannedTransaction<N> | undefined {
  const share = feeOf(MAX_BUNDLES, new Set()) / BigInt(MAX_BUNDLES) + 1n;
  const pool = makePool(notes.filter((note) => note.asset === COIN && note.value > share));
  const bundles = Math.min(MAX_BUNDLES, Math.floor((pool.length - keep) / 2));
  if (bundles < 1) return undefined;
  const fee = feeOf(bundles, new Set());
  let left = fee;
  const planned: PlannedBundle<N>[] = [];
  for (let i = 0; i < bundles; i++) {
    const inputs = pool.slice(2 * i, 2 * i + 2);
    const value = sumOf(inputs);
    const paid = left < value ? left : value;
    left -= paid;
    planned.push({ inputs, parts: [], change: value > paid ? [{ asset: COIN, amount: value - paid }] : [], fee: paid });
  }
  return left > 0n ? undefined : { bundles: planned, fee };
}
