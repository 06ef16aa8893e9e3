import { AMOUNT_LIMIT, COIN, type AssetId } from "@sero/protocol";
import { planBundle } from "./bundles.js";
import { makePool, sumOf } from "./pool.js";
import { MAX_BUNDLES, type FeeOf, type PlannedBundle, type PlannedTransaction, type SelectableNote } from "./types.js";

/**
 * Plans a transaction that merges small notes of one asset two by two. Coins: the smallest that are worth their share of the fee first. Undefined
 * when there are fewer than `keep` + 2 notes worth merging, or not enough coin for the fee.
 */
export function planCleanup<N extends SelectableNote>(
  notes: readonly N[],
  feeOf: FeeOf,
  keep = 8,
  asset: AssetId = COIN,
): PlannedTransaction<N> | undefined {
  return asset === COIN ? mergeCoins(notes, feeOf, keep) : mergeTokens(notes, feeOf, keep, asset);
}

function mergeCoins<N extends SelectableNote>(
  notes: readonly N[],
  feeOf: FeeOf,
  keep: number,
): PlannedTransaction<N> | undefined {
  const share = feeOf(MAX_BUNDLES, new Set()) / BigInt(MAX_BUNDLES) + 1n;
  const pool = makePool(notes.filter((note) => note.asset === COIN && note.value > share));
  const bundles = Math.min(MAX_BUNDLES, Math.floor((pool.length - keep) / 2));
  if (bundles < 1) return undefined;
  const fee = feeOf(bundles, new Set());
  let left = fee;
  const planned = Array.from({ length: bundles }, (_, i) => {
    const bundle = merged(pool.slice(2 * i, 2 * i + 2), COIN, left);
    left -= bundle.fee;
    return bundle;
  });
  return left > 0n ? undefined : { bundles: planned, fee, deposit: 0n };
}

/** Two notes of a token fill a bundle, so the fee comes from bundles of its own. */
function mergeTokens<N extends SelectableNote>(
  notes: readonly N[],
  feeOf: FeeOf,
  keep: number,
  asset: AssetId,
): PlannedTransaction<N> | undefined {
  const tokens = makePool(notes.filter((note) => note.asset === asset));
  const most = Math.min(MAX_BUNDLES - 1, Math.floor((tokens.length - keep) / 2));
  for (let pairs = most; pairs >= 1; pairs--)
    for (let payers = 1; pairs + payers <= MAX_BUNDLES; payers++) {
      const coins = makePool(notes.filter((note) => note.asset === COIN));
      const fee = feeOf(pairs + payers, new Set());
      let left = fee;
      const planned: PlannedBundle<N>[] = Array.from({ length: pairs }, (_, i) =>
        merged(tokens.slice(2 * i, 2 * i + 2), asset, 0n),
      );
      if (planned.some(({ change }) => change.some(({ amount }) => amount >= AMOUNT_LIMIT))) break;
      for (let i = 0; i < payers && left > 0n; i++) {
        const draft = planBundle(coins, [], left, undefined);
        if (draft === undefined) break;
        left -= draft.fee;
        planned.push(draft);
      }
      if (left === 0n && planned.length === pairs + payers) return { bundles: planned, fee, deposit: 0n };
    }
  return undefined;
}

function merged<N extends SelectableNote>(inputs: readonly N[], asset: AssetId, left: bigint): PlannedBundle<N> {
  const value = sumOf(inputs);
  const fee = left < value ? left : value;
  return { inputs, parts: [], change: value > fee ? [{ asset, amount: value - fee }] : [], fee, unshield: undefined };
}
