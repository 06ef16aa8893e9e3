import { finishAttempt, poolsOf, tryPlan, type Task } from "./attempt.js";
import { describeUnits, neededOf, shortage, tooManyAssets, tooManyNotes, tooSmall, type Funds } from "./errors.js";
import { chooseMust } from "./plan.js";
import {
  MAX_BUNDLES,
  type CallNeeds,
  type Demand,
  type FeeOf,
  type PlanOptions,
  type PlannedTransaction,
  type SelectableNote,
} from "./types.js";

/**
 * Chooses notes for a transaction with a call phase: what its calls bring leaves the pool as public amounts, `payments` stay hidden.
 * One transaction with as few bundles as a largest-first choice needs; the bundles' `fee`s sum to exactly feeOf + needs.coin, their `unshield`s to
 * exactly needs.assets.
 * Throws funds/insufficient, funds/too-many-notes, funds/too-many-assets, funds/too-small, funds/no-shared-note.
 */
export function planCall<N extends SelectableNote>(
  notes: readonly N[],
  needs: CallNeeds,
  payments: readonly Demand[],
  feeOf: FeeOf,
  options: PlanOptions<N> = {},
): PlannedTransaction<N> {
  const pools = poolsOf(notes);
  const unshields = new Map(needs.assets.map(({ asset, amount }) => [asset, amount]));
  const must = chooseMust(options.must ?? [], [...payments, ...needs.assets]);
  const ids = new Set(payments.map(({ id }) => id));
  for (let bundles = 1; bundles <= MAX_BUNDLES; bundles++) {
    const fee = feeOf(bundles, ids);
    const task: Task<N> = { demands: payments, coin: fee + needs.coin, unshields, must };
    const attempt = tryPlan(pools, task, bundles);
    if (attempt?.isUnshielded === true && attempt.rest.length === 0)
      return finishAttempt(attempt, bundles, fee, needs.coin);
  }
  const funds: Funds = {
    notes,
    pending: options.pending ?? new Map(),
    describe: options.describe ?? describeUnits,
  };
  const needed = (bundles: number) => neededOf(payments, feeOf(bundles, ids) + needs.coin, needs.assets);
  const assets = [...needed(1).keys()].length - 1;
  throw (
    shortage(funds, needed(1)) ??
    (assets > MAX_BUNDLES ? tooManyAssets(assets) : undefined) ??
    // Enough for one bundle's fee, but not for that of as many bundles as it takes.
    (shortage(funds, needed(MAX_BUNDLES)) === undefined ? tooManyNotes() : tooSmall(notes.length))
  );
}
