import { COIN, COIN_DECIMALS, COIN_SYMBOL, SeroError, formatAmount, type AssetId } from "@sero/protocol";
import { attachFee, finishBundle, mergeSmallNotes, planBundle, type Draft } from "./bundles.js";
import { makePool, sumOf, type NotePool } from "./pool.js";
import {
  MAX_BUNDLES,
  type Demand,
  type FeeOf,
  type Plan,
  type PlannedTransaction,
  type SelectableNote,
} from "./types.js";

type Pools<N extends SelectableNote> = Map<AssetId, NotePool<N>>;

interface Attempt<N extends SelectableNote> {
  readonly drafts: readonly Draft<N>[];
  readonly rest: readonly Demand[];
  readonly pools: Pools<N>;
}

/**
 * Chooses notes for payments and their fees. One transaction with as few bundles as a largest-first choice needs, if 8 bundles suffice; else several
 * transactions, and what only change can pay in `later`. `pending`: by asset, what is not spendable yet, for the error's sentence. `must`:
 * notes of which one has to be spent in the first transaction (repaying what a reorganisation undid).
 * Throws funds/insufficient, funds/too-small (the money lies in notes worth less than their own fee).
 */
export function planPayments<N extends SelectableNote>(
  notes: readonly N[],
  demands: readonly Demand[],
  feeOf: FeeOf,
  options: { readonly pending?: ReadonlyMap<AssetId, bigint>; readonly must?: readonly N[] } = {},
): Plan<N> {
  let pools = poolsOf(notes);
  let rest: readonly Demand[] = demands;
  const transactions: PlannedTransaction<N>[] = [];
  const must = chooseMust(options.must ?? [], demands);
  const started = new Set<number>();
  while (rest.length > 0) {
    // A payment's memo rides in the transaction that its first part is in, and only there is paid for.
    const priced: FeeOf = (bundles, ids) => feeOf(bundles, new Set([...ids].filter((id) => !started.has(id))));
    const planned = planTransaction(pools, rest, priced, transactions.length === 0 ? must : undefined);
    if (planned === undefined) break;
    transactions.push(planned.transaction);
    for (const { parts } of planned.transaction.bundles) for (const { id } of parts) started.add(id);
    rest = planned.rest;
    pools = planned.pools;
  }
  if (transactions.length === 0) throw insufficient(notes, demands, feeOf, options.pending ?? new Map());
  if (rest.length > 0) checkTotals(notes, demands, feeOf, transactions, options.pending ?? new Map());
  return { transactions, later: rest };
}

/** The next transaction towards `demands`; undefined if the notes left cannot pay any part of them with its fee. */
function planTransaction<N extends SelectableNote>(
  pools: Pools<N>,
  demands: readonly Demand[],
  feeOf: FeeOf,
  must: N | undefined,
): { transaction: PlannedTransaction<N>; rest: readonly Demand[]; pools: Pools<N> } | undefined {
  const ids = new Set(demands.map((demand) => demand.id));
  for (let bundles = 1; bundles <= MAX_BUNDLES; bundles++) {
    const fee = feeOf(bundles, ids);
    const attempt = tryPlan(pools, demands, bundles, bundles, fee, must);
    if (attempt !== undefined && attempt.rest.length === 0) return finish(attempt, bundles, fee);
  }
  return planPart(pools, demands, feeOf, must);
}

/**
 * A full transaction that pays a part. The fee depends on the payments whose memos ride along, and these on the fee: the set offered only
 * ever shrinks, so this ends.
 */
function planPart<N extends SelectableNote>(
  pools: Pools<N>,
  demands: readonly Demand[],
  feeOf: FeeOf,
  must: N | undefined,
): { transaction: PlannedTransaction<N>; rest: readonly Demand[]; pools: Pools<N> } | undefined {
  let offered = demands;
  while (offered.length > 0) {
    const ids = new Set(offered.map((demand) => demand.id));
    const fee = feeOf(MAX_BUNDLES, ids);
    const attempt =
      usable(tryPlan(pools, offered, MAX_BUNDLES, MAX_BUNDLES, fee, must)) ??
      usable(tryPlan(pools, offered, MAX_BUNDLES, MAX_BUNDLES - 1, fee, must));
    if (attempt === undefined) return undefined;
    const touched = new Set(attempt.drafts.flatMap((draft) => draft.parts.map((part) => part.id)));
    if (touched.size === ids.size) {
      const finished = finish(attempt, MAX_BUNDLES, fee);
      const others = demands.filter((demand) => !ids.has(demand.id));
      return { ...finished, rest: [...attempt.rest, ...others] };
    }
    offered = offered.filter((demand) => touched.has(demand.id));
  }
  return undefined;
}

const usable = <N extends SelectableNote>(attempt: Attempt<N> | undefined): Attempt<N> | undefined =>
  attempt !== undefined && attempt.drafts.some((draft) => draft.parts.length > 0) ? attempt : undefined;

/** Plans within `limit` bundles, at most `tokenLimit` of them of other assets than the coin. Undefined if the fee cannot be paid. */
function tryPlan<N extends SelectableNote>(
  source: Pools<N>,
  demands: readonly Demand[],
  limit: number,
  tokenLimit: number,
  fee: bigint,
  must: N | undefined,
): Attempt<N> | undefined {
  const pools: Pools<N> = new Map([...source].map(([asset, pool]) => [asset, pool.slice()]));
  const drafts: Draft<N>[] = [];
  const rest: Demand[] = [];
  let open = must;
  const takeMust = (asset: AssetId): N | undefined => {
    if (open?.asset !== asset) return undefined;
    const note = open;
    open = undefined;
    return note;
  };
  for (const [asset, queue] of byAsset(demands)) {
    if (asset === COIN) continue;
    const pool = pools.get(asset) ?? [];
    while (queue.length > 0 && drafts.length < tokenLimit) {
      const draft = planBundle(pool, queue, 0n, takeMust(asset));
      if (draft === undefined) break;
      drafts.push(draft);
    }
    rest.push(...queue);
  }
  const coins = pools.get(COIN) ?? [];
  const coinDemands = demands.filter((demand) => demand.asset === COIN);
  const attachMust = coinDemands.length === 0 && open?.asset === COIN ? open : undefined;
  const isAttached = coinDemands.length === 0 && attachFee(drafts, coins, fee, attachMust);
  let feeLeft = isAttached ? 0n : fee;
  while ((feeLeft > 0n || coinDemands.length > 0) && drafts.length < limit) {
    const draft = planBundle(coins, coinDemands, feeLeft, takeMust(COIN));
    if (draft === undefined) break;
    feeLeft -= draft.fee;
    drafts.push(draft);
  }
  if (feeLeft > 0n) return undefined;
  rest.push(...coinDemands);
  return { drafts, rest, pools };
}

function finish<N extends SelectableNote>(
  attempt: Attempt<N>,
  bundles: number,
  fee: bigint,
): { transaction: PlannedTransaction<N>; rest: readonly Demand[]; pools: Pools<N> } {
  mergeSmallNotes(attempt.drafts, attempt.pools);
  const planned = attempt.drafts.map(finishBundle);
  // The fee was computed for this many bundles: fewer than that are filled up with bundles of dummies.
  while (planned.length < bundles) planned.push({ inputs: [], parts: [], change: [], fee: 0n });
  return { transaction: { bundles: planned, fee }, rest: attempt.rest, pools: attempt.pools };
}

function poolsOf<N extends SelectableNote>(notes: readonly N[]): Pools<N> {
  const groups = new Map<AssetId, N[]>();
  for (const note of notes) {
    const group = groups.get(note.asset);
    if (group === undefined) groups.set(note.asset, [note]);
    else group.push(note);
  }
  return new Map([...groups].map(([asset, group]) => [asset, makePool(group)]));
}

function byAsset(demands: readonly Demand[]): Map<AssetId, Demand[]> {
  const queues = new Map<AssetId, Demand[]>();
  for (const demand of demands) queues.set(demand.asset, [...(queues.get(demand.asset) ?? []), demand]);
  return queues;
}

function chooseMust<N extends SelectableNote>(must: readonly N[], demands: readonly Demand[]): N | undefined {
  if (must.length === 0) return undefined;
  const assets = new Set<AssetId>([COIN, ...demands.map((demand) => demand.asset)]);
  const usableNotes = must.filter((note) => assets.has(note.asset));
  const largest = makePool(usableNotes).at(-1);
  if (largest === undefined)
    throw new SeroError(
      "funds/no-shared-note",
      "No note of the first payment is there to pay it again with. Wait until the first payment expires.",
    );
  return largest;
}

function neededOf(demands: readonly Demand[], fee: bigint): Map<AssetId, bigint> {
  const needed = new Map<AssetId, bigint>([[COIN, fee]]);
  for (const demand of demands) needed.set(demand.asset, (needed.get(demand.asset) ?? 0n) + demand.amount);
  return needed;
}

function checkTotals<N extends SelectableNote>(
  notes: readonly N[],
  demands: readonly Demand[],
  feeOf: FeeOf,
  transactions: readonly PlannedTransaction<N>[],
  pending: ReadonlyMap<AssetId, bigint>,
): void {
  const fees = transactions.reduce((sum, { fee }) => sum + fee, feeOf(1, new Set()));
  for (const [asset, needed] of neededOf(demands, fees)) {
    const have = sumOf(notes.filter((note) => note.asset === asset));
    if (have < needed) throw shortOf(asset, needed, have, pending.get(asset) ?? 0n);
  }
}

function insufficient<N extends SelectableNote>(
  notes: readonly N[],
  demands: readonly Demand[],
  feeOf: FeeOf,
  pending: ReadonlyMap<AssetId, bigint>,
): SeroError {
  const least = feeOf(1, new Set(demands.map((demand) => demand.id)));
  for (const [asset, needed] of neededOf(demands, least)) {
    const have = sumOf(notes.filter((note) => note.asset === asset));
    if (have < needed) return shortOf(asset, needed, have, pending.get(asset) ?? 0n);
  }
  return new SeroError(
    "funds/too-small",
    "There is enough money, but in notes so small that each costs more to spend than it is worth. Choose a lower price step, or pay less.",
    { notes: notes.length },
  );
}

function shortOf(asset: AssetId, needed: bigint, spendable: bigint, pending: bigint): SeroError {
  const enoughLater = spendable + pending >= needed;
  const amount = (x: bigint): string =>
    asset === COIN ? `${formatAmount(x, COIN_DECIMALS)} ${COIN_SYMBOL}` : `${x} base units`;
  const what = `This needs ${amount(needed)}${asset === COIN ? " with its fee" : ""}; ${amount(spendable)} can be spent now and ${amount(pending)} is pending`;
  const advice = enoughLater
    ? "Money on its way will suffice once it is spendable; wait for the next block and try again."
    : "Pay less, or receive more first.";
  return new SeroError("funds/insufficient", `${what}. ${advice}`, {
    asset: `0x${asset.toString(16)}`,
    needed: needed.toString(),
    spendable: spendable.toString(),
    pending: pending.toString(),
  });
}
