import { COIN, SeroError, type AssetId } from "@sero/protocol";
import { finishAttempt, poolsOf, tryPlan, type Attempt, type Pools, type Task } from "./attempt.js";
import { describeUnits, neededOf, shortage, tooSmall, type Funds } from "./errors.js";
import { makePool } from "./pool.js";
import {
  MAX_BUNDLES,
  type Demand,
  type FeeOf,
  type Plan,
  type PlanOptions,
  type PlannedTransaction,
  type SelectableNote,
} from "./types.js";

/**
 * Chooses notes for payments and their fees. One transaction with as few bundles as a largest-first choice needs, if 8 bundles suffice; else several
 * transactions, and what only change can pay in `later`.
 * Throws funds/insufficient, funds/too-small (the money lies in notes worth less than their own fee).
 */
export function planPayments<N extends SelectableNote>(
  notes: readonly N[],
  demands: readonly Demand[],
  feeOf: FeeOf,
  options: PlanOptions<N> = {},
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
  const funds: Funds = {
    notes,
    pending: options.pending ?? new Map(),
    describe: options.describe ?? describeUnits,
  };
  if (transactions.length === 0)
    throw (
      shortage(funds, neededOf(demands, feeOf(1, new Set(demands.map((demand) => demand.id))))) ??
      tooSmall(notes.length)
    );
  if (rest.length > 0) {
    const fees = transactions.reduce((sum, { fee }) => sum + fee, feeOf(1, new Set()));
    const error = shortage(funds, neededOf(demands, fees));
    if (error !== undefined) throw error;
  }
  return { transactions, later: rest };
}

const NOTHING: ReadonlyMap<AssetId, bigint> = new Map();

/** What a payment's transaction has to do: nothing but the fee leaves the pool. */
const payment = <N extends SelectableNote>(demands: readonly Demand[], coin: bigint, must: N | undefined): Task<N> => ({
  demands,
  coin,
  unshields: NOTHING,
  must,
});

const finish = <N extends SelectableNote>(
  attempt: Attempt<N>,
  bundles: number,
  fee: bigint,
): { transaction: PlannedTransaction<N>; rest: readonly Demand[]; pools: Pools<N> } => ({
  transaction: finishAttempt(attempt, bundles, fee),
  rest: attempt.rest,
  pools: attempt.pools,
});

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
    const attempt = tryPlan(pools, payment(demands, fee, must), bundles);
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
      usable(tryPlan(pools, payment(offered, fee, must), MAX_BUNDLES)) ??
      usable(tryPlan(pools, payment(offered, fee, must), MAX_BUNDLES, MAX_BUNDLES - 1));
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

/** Of the notes of which one has to be spent, the one to spend. Throws funds/no-shared-note. */
export function chooseMust<N extends SelectableNote>(
  must: readonly N[],
  demands: readonly { readonly asset: AssetId }[],
): N | undefined {
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
