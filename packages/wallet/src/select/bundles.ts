import { AMOUNT_LIMIT, COIN, type AssetId } from "@sero/protocol";
import { sumOf, takeFit, takeLargest, takeSmallest, type NotePool } from "./pool.js";
import { MAX_OUTPUTS, type Demand, type Part, type PlannedBundle, type SelectableNote } from "./types.js";

/** A bundle while it is being planned. */
export interface Draft<N extends SelectableNote> {
  readonly inputs: N[];
  readonly parts: Part[];
  readonly change: { asset: AssetId; amount: bigint }[];
  fee: bigint;
  unshield: { readonly asset: AssetId; readonly amount: bigint } | undefined;
}

/** Above this many notes left, spare inputs are filled with the smallest ones. Below, notes are kept apart so that several payments can be under way at once. */
const MERGE_ABOVE = 8;
/** Parts a bundle can make and still give change. */
const PARTS_WITH_CHANGE = 2;

/**
 * Plans one bundle of one asset: whole demands first, then `leaving`, what leaves the pool of the asset (the fee, for the coin), then the
 * other demands as far as two notes reach. Value cannot pass between bundles, so a demand larger than two notes is paid in parts, and a whole
 * one not at all. Demands are changed in place. Undefined if no notes are left. `must`: a note that has to be spent here. `spare`: what the notes
 * should hold beyond that, if they can.
 */
export function planBundle<N extends SelectableNote>(
  pool: NotePool<N>,
  demands: Demand[],
  leaving: bigint,
  must: N | undefined,
  spare = 0n,
): Draft<N> | undefined {
  const wanted = demands.slice(0, PARTS_WITH_CHANGE);
  const need = wanted.reduce((sum, demand) => sum + demand.amount, leaving + spare);
  const inputs = must === undefined ? chooseInputs(pool, need) : withMust(pool, must, need);
  const first = inputs[0];
  if (first === undefined) return undefined;
  let left = sumOf(inputs);
  const draft: Draft<N> = { inputs, parts: [], change: [], fee: 0n, unshield: undefined };
  const pay = (demand: Demand, amount: bigint): void => {
    draft.parts.push({ id: demand.id, asset: demand.asset, amount });
    left -= amount;
    const at = demands.indexOf(demand);
    if (amount === demand.amount) demands.splice(at, 1);
    else demands[at] = { ...demand, amount: demand.amount - amount };
  };
  for (const demand of wanted) if (demand.whole === true && demand.amount <= left) pay(demand, demand.amount);
  const out = min(left, leaving);
  left -= out;
  if (first.asset === COIN) draft.fee = out;
  else if (out > 0n) draft.unshield = { asset: first.asset, amount: out };
  for (const demand of wanted) if (demand.whole !== true && left > 0n) pay(demand, min(left, demand.amount));
  if (left > 0n) draft.change.push({ asset: first.asset, amount: left });
  return draft;
}

function chooseInputs<N extends SelectableNote>(pool: NotePool<N>, need: bigint): N[] {
  const fit = takeFit(pool, need);
  if (fit !== undefined) return [fit];
  const largest = takeLargest(pool);
  if (largest === undefined) return [];
  return withSecond(pool, largest, need);
}

function withMust<N extends SelectableNote>(pool: NotePool<N>, must: N, need: bigint): N[] {
  const at = pool.findIndex((note) => note.leafIndex === must.leafIndex);
  if (at >= 0) pool.splice(at, 1);
  return must.value >= need ? [must] : withSecond(pool, must, need);
}

/** Two largest when no pair suffices: they are used up whole, which needs the fewest bundles. */
function withSecond<N extends SelectableNote>(pool: NotePool<N>, first: N, need: bigint): N[] {
  const second = takeFit(pool, need - first.value) ?? takeLargest(pool);
  return second === undefined ? [first] : [first, second];
}

const isRoomy = <N extends SelectableNote>(draft: Draft<N>): boolean =>
  draft.inputs.length === 1 && draft.parts.length + draft.change.length < MAX_OUTPUTS;

/**
 * Pays coin that leaves the pool from coin notes in the spare inputs of bundles of other assets: from one note if one suffices, else from the
 * largest ones. Returns what is left to pay. `must`: a coin note that has to be spent in one of them. `spare`: what the one note should hold
 * beyond that.
 */
export function attachCoin<N extends SelectableNote>(
  drafts: readonly Draft<N>[],
  coins: NotePool<N>,
  amount: bigint,
  must: N | undefined,
  spare = 0n,
): bigint {
  let left = amount;
  let open = must;
  for (const draft of drafts.filter(isRoomy)) {
    if (left === 0n && open === undefined) break;
    const note = open ?? takeFit(coins, left + spare) ?? takeLargest(coins);
    if (note === undefined) break;
    if (open !== undefined) {
      const taken = open;
      const at = coins.findIndex((coin) => coin.leafIndex === taken.leafIndex);
      if (at >= 0) coins.splice(at, 1);
      open = undefined;
    }
    draft.inputs.push(note);
    draft.fee = min(left, note.value);
    left -= draft.fee;
    if (note.value > draft.fee) draft.change.push({ asset: COIN, amount: note.value - draft.fee });
  }
  return left;
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
    const smallest = pool[0];
    if (smallest === undefined || (change?.amount ?? 0n) + smallest.value >= AMOUNT_LIMIT) continue;
    const note = takeSmallest(pool);
    if (note === undefined) continue;
    draft.inputs.push(note);
    if (change === undefined) draft.change.push({ asset, amount: note.value });
    else change.amount += note.value;
  }
}

/** Fixes a draft. */
export const finishBundle = <N extends SelectableNote>({
  inputs,
  parts,
  change,
  fee,
  unshield,
}: Draft<N>): PlannedBundle<N> => ({ inputs, parts, change, fee, unshield });

/** A bundle of dummies. */
export const EMPTY_BUNDLE: PlannedBundle<never> = { inputs: [], parts: [], change: [], fee: 0n, unshield: undefined };

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
