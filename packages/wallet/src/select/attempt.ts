import { COIN, type AssetId } from "@sero/protocol";
import { EMPTY_BUNDLE, attachCoin, finishBundle, mergeSmallNotes, planBundle, type Draft } from "./bundles.js";
import { makePool, type NotePool } from "./pool.js";
import type { Demand, PlannedBundle, PlannedTransaction, SelectableNote } from "./types.js";

/** Notes by asset. */
export type Pools<N extends SelectableNote> = ReadonlyMap<AssetId, NotePool<N>>;

/** What one transaction has to do. */
export interface Task<N extends SelectableNote> {
  readonly demands: readonly Demand[];
  /** Coin that leaves the pool: the fee, and a call phase's deposit. */
  readonly coin: bigint;
  /** What else leaves the pool. */
  readonly unshields: ReadonlyMap<AssetId, bigint>;
  /** A note that has to be spent. */
  readonly must: N | undefined;
  /** What the notes should hold beyond so much that leaves the pool of their asset. Default: nothing. */
  readonly spareOf?: (leaving: bigint) => bigint;
}

/** What a transaction of so many bundles can do of its task. */
export interface Attempt<N extends SelectableNote> {
  readonly drafts: readonly Draft<N>[];
  readonly rest: readonly Demand[];
  /** Whether everything that has to leave the pool does, but for the coin, which always does. */
  readonly isUnshielded: boolean;
  readonly pools: Pools<N>;
}

/** Sorts notes into pools. */
export function poolsOf<N extends SelectableNote>(notes: readonly N[]): Pools<N> {
  const groups = new Map<AssetId, N[]>();
  for (const note of notes) {
    const group = groups.get(note.asset);
    if (group === undefined) groups.set(note.asset, [note]);
    else group.push(note);
  }
  return new Map([...groups].map(([asset, group]) => [asset, makePool(group)]));
}

/** Plans within `limit` bundles, at most `tokenLimit` of them of other assets than the coin. Undefined if the coin cannot be paid. */
export function tryPlan<N extends SelectableNote>(
  source: Pools<N>,
  task: Task<N>,
  limit: number,
  tokenLimit = limit,
): Attempt<N> | undefined {
  const pools = new Map([...source].map(([asset, pool]) => [asset, pool.slice()]));
  const drafts: Draft<N>[] = [];
  const rest: Demand[] = [];
  let open = task.must;
  const { spareOf = () => 0n } = task;
  let isUnshielded = true;
  const takeMust = (asset: AssetId): N | undefined => {
    if (open?.asset !== asset) return undefined;
    const note = open;
    open = undefined;
    return note;
  };
  const queues = byAsset(task.demands);
  const coinQueue = queues.get(COIN) ?? [];
  for (const asset of new Set([...task.unshields.keys(), ...queues.keys()])) {
    if (asset === COIN) continue;
    const queue = queues.get(asset) ?? [];
    let leaving = task.unshields.get(asset) ?? 0n;
    const pool = pools.get(asset) ?? [];
    const spare = spareOf(leaving);
    while ((queue.length > 0 || leaving > 0n) && drafts.length < tokenLimit) {
      const draft = planBundle(pool, queue, leaving, takeMust(asset), spare);
      if (draft === undefined) break;
      leaving -= draft.unshield?.amount ?? 0n;
      drafts.push(draft);
    }
    rest.push(...queue);
    if (leaving > 0n) isUnshielded = false;
  }
  const coins = pools.get(COIN) ?? [];
  const isSpare = coinQueue.length === 0;
  const spare = spareOf(task.coin);
  let left = isSpare ? attachCoin(drafts, coins, task.coin, takeMust(COIN), spare) : task.coin;
  while ((left > 0n || coinQueue.length > 0) && drafts.length < limit) {
    const draft = planBundle(coins, coinQueue, left, takeMust(COIN), spare);
    if (draft === undefined) break;
    left -= draft.fee;
    drafts.push(draft);
  }
  if (left > 0n) return undefined;
  rest.push(...coinQueue);
  return { drafts, rest, isUnshielded, pools };
}

/** The demands by asset, those that cannot be split first and the largest of these foremost, so that they get the notes that they need. */
function byAsset(demands: readonly Demand[]): Map<AssetId, Demand[]> {
  const queues = new Map<AssetId, Demand[]>();
  for (const demand of demands) queues.set(demand.asset, [...(queues.get(demand.asset) ?? []), demand]);
  for (const queue of queues.values())
    queue.sort((a, b) => {
      if (a.whole !== b.whole) return a.whole === true ? -1 : 1;
      return a.whole === true ? (a.amount > b.amount ? -1 : a.amount < b.amount ? 1 : 0) : 0;
    });
  return queues;
}

/** Fixes an attempt as a transaction of `bundles` bundles, for which `fee` was computed. */
export function finishAttempt<N extends SelectableNote>(
  attempt: Attempt<N>,
  bundles: number,
  fee: bigint,
  deposit = 0n,
): PlannedTransaction<N> {
  mergeSmallNotes(attempt.drafts, attempt.pools);
  const planned: PlannedBundle<N>[] = attempt.drafts.map(finishBundle);
  // Fewer than the fee was computed for are filled up with bundles of dummies.
  while (planned.length < bundles) planned.push(EMPTY_BUNDLE);
  return { bundles: planned, fee, deposit };
}
