import { COIN, type AssetId } from "@sero/protocol";
import { sumOf, takeFit, takeLargest, takeSmallest, type NotePool } from "./pool.js";
import type { Demand, Part, PlannedBundle, SelectableNote } from "./types.js";

/** A bundle while it is being planned. */
export interface Draft<N extends SelectableNote> {
  readonly inputs: N[];
  readonly parts: Part[];
  readonly change: { asset: AssetId; amount: bigint }[];
  fee: bigint;
}

/** Above this many notes left, spare inputs are filled with the smallest ones. Below, notes are kept apart so that several payments can be under way at once. */
const MERGE_ABOVE = 8;
const MAX_OUTPUTS = 3;
/** Parts a bundle can make and still give change. */
const PARTS_WITH_CHANGE = 2;

/**
 * Plans one bundle of one asset: pays `fee` (0 for other assets than the coin) and the first demands as far as two notes reach. Value
 * cannot pass between bundles, so a demand larger than two notes is paid in parts. Demands are changed in place. Undefined if no notes are
 * left. `must`: a note that has to be spent here.
 */
export function planBundle<N extends SelectableNote>(
  pool: NotePool<N>,
  demands: Demand[],
  fee: bigint,
  must: N | undefined,
): Draft<N> | undefined {
  const wanted = demands.slice(0, PARTS_WITH_CHANGE);
  const need = wanted.reduce((sum, demand) => sum + demand.amount, fee);
  const inputs = must === undefined ? chooseInputs(pool, need) : withMust(pool, must, need);
  const first = inputs[0];
  if (first === undefined) return undefined;
  let left = sumOf(inputs);
  const draft: Draft<N> = { inputs, parts: [], change: [], fee: min(left, fee) };
  left -= draft.fee;
  for (const demand of wanted) {
    if (left === 0n) break;
    const amount = min(left, demand.amount);
    draft.parts.push({ id: demand.id, asset: demand.asset, amount });
    left -= amount;
    demands.shift();
    if (amount < demand.amount) demands.unshift({ ...demand, amount: demand.amount - amount });
  }
  if (left > 0n) draft.change.push({ asset: first.asset, amount: left });
  return draft;
}

function chooseInputs<N extends SelectableNote>(pool: NotePool<N>, need: bigint): N[] {
  const fit = takeFit(pool, need);
  if (fit !== undefined) return [fit];
  const largest = takeLargest(pool);
  if (largest === undefined) return [];
  // Two largest when no pair suffices: they are used up whole, which needs the fewest bundles.
  const second = takeFit(pool, need - largest.value) ?? takeLargest(pool);
  return second === undefined ? [largest] : [largest, second];
}

function withMust<N extends SelectableNote>(pool: NotePool<N>, must: N, need: bigint): N[] {
  const at = pool.findIndex((note) => note.leafIndex === must.leafIndex);
  if (at >= 0) pool.splice(at, 1);
  if (must.value >= need) return [must];
  const second = takeFit(pool, need - must.value) ?? takeLargest(pool);
  return second === undefined ? [must] : [must, second];
}

/** Pays the whole fee from a coin note in the spare input of a bundle of another asset. False if no bundle has room or no note suffices. */
export function attachFee<N extends SelectableNote>(
  drafts: readonly Draft<N>[],
  coins: NotePool<N>,
  fee: bigint,
  must: N | undefined,
): boolean {
  const roomy = drafts.find(
    (draft) => draft.inputs.length === 1 && draft.parts.length + draft.change.length < MAX_OUTPUTS,
  );
  if (roomy === undefined) return false;
  if (must !== undefined && must.value < fee) return false;
  const note = must ?? takeFit(coins, fee);
  if (note === undefined) return false;
  if (must !== undefined)
    coins.splice(
      coins.findIndex((coin) => coin.leafIndex === must.leafIndex),
      1,
    );
  roomy.inputs.push(note);
  roomy.fee = fee;
  if (note.value > fee) roomy.change.push({ asset: COIN, amount: note.value - fee });
  return true;
}

/** Fills spare inputs with the smallest notes of the bundle's asset; their value joins the change. */
export function mergeSmallNotes<N extends SelectableNote>(
  drafts: readonly Draft<N>[],
  pools: ReadonlyMap<AssetId, NotePool<N>>,
): void {
  for (const draft of drafts) {
    const asset = draft.inputs[0]?.asset;
    if (asset === undefined || draft.inputs.length !== 1) continue;
    const pool = pools.get(asset);
    if (pool === undefined || pool.length <= MERGE_ABOVE) continue;
    const change = draft.change.find((entry) => entry.asset === asset);
    if (change === undefined && draft.parts.length + draft.change.length >= MAX_OUTPUTS) continue;
    const note = takeSmallest(pool);
    if (note === undefined) continue;
    draft.inputs.push(note);
    if (change === undefined) draft.change.push({ asset, amount: note.value });
    else change.amount += note.value;
  }
}

/** Fixes a draft. */
export const finishBundle = <N extends SelectableNote>({ inputs, parts, change, fee }: Draft<N>): PlannedBundle<N> => ({
  inputs,
  parts,
  change,
  fee,
});

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
