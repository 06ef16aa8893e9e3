import { AMOUNT_LIMIT } from "@sero/protocol";
import { finishAttempt, poolsOf, tryPlan, type Task } from "./attempt.js";
import { describeUnits, neededOf, shortage, tooManyAssets, tooManyNotes, tooSmall, type Funds } from "./errors.js";
import { chooseMust } from "./plan.js";
import { sumOf } from "./pool.js";
import { spreadPublic, tellingAmounts } from "./spread.js";
import {
  MAX_BUNDLES,
  type CallNeeds,
  type Demand,
  type FeeOf,
  type PlanOptions,
  type PlannedTransaction,
  type SelectableNote,
} from "./types.js";

/** What notes should hold beyond what leaves the pool: nothing (the fewest notes), then more, where the public amounts would tell which they are. */
const SPARES: readonly ((leaving: bigint) => bigint)[] = [
  () => 0n,
  (leaving) => (leaving === 0n ? 0n : leaving / 500n + 1n),
  (leaving) => (leaving === 0n ? 0n : leaving / 8n + 1n),
];

/**
 * Chooses notes for a transaction with a call phase: what its calls bring leaves the pool as public amounts, `payments` stay hidden.
 * One transaction with as few bundles as a largest-first choice needs; one more only where otherwise a public amount would be what the notes spent
 * beside it are worth, although there are other notes. The bundles' `fee`s sum to exactly feeOf + needs.coin, their `unshield`s to exactly
 * needs.assets; how they are divided among several bundles is drawn at random.
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
  const needed = (bundles: number) => neededOf(payments, feeOf(bundles, ids) + needs.coin, needs.assets);
  // Of what is spent to the last unit, a ticket too, no choice of notes hides anything.
  const spent = new Set(
    [...needed(1)].filter(([asset, sum]) => sumOf(pools.get(asset) ?? []) <= sum).map(([asset]) => asset),
  );
  let best: { readonly plan: PlannedTransaction<N>; readonly tells: number } | undefined;
  let most = MAX_BUNDLES;
  for (let bundles = 1; bundles <= most; bundles++) {
    const fee = feeOf(bundles, ids);
    for (const spareOf of SPARES) {
      const task: Task<N> = { demands: payments, coin: fee + needs.coin, unshields, must, spareOf };
      const attempt = tryPlan(pools, task, bundles);
      if (attempt?.isUnshielded !== true || attempt.rest.length > 0) continue;
      const finished = finishAttempt(attempt, bundles, fee, needs.coin);
      const plan = { ...finished, bundles: spreadPublic(finished.bundles) };
      if (best !== undefined && !fitsOutputs(plan)) continue;
      const tells = tellingAmounts(plan.bundles).filter(({ asset }) => !spent.has(asset)).length;
      if (tells === 0) return plan;
      if (best === undefined) most = Math.min(MAX_BUNDLES, bundles + 1);
      if (best === undefined || tells < best.tells) best = { plan, tells };
    }
  }
  if (best !== undefined) return best.plan;
  const funds: Funds = {
    notes,
    pending: options.pending ?? new Map(),
    describe: options.describe ?? describeUnits,
  };
  const assets = [...needed(1).keys()].length - 1;
  throw (
    shortage(funds, needed(1)) ??
    (assets > MAX_BUNDLES ? tooManyAssets(assets) : undefined) ??
    // Enough for one bundle's fee, but not for that of as many bundles as it takes.
    (shortage(funds, needed(MAX_BUNDLES)) === undefined ? tooManyNotes() : tooSmall(notes.length))
  );
}

/** Larger notes than necessary can leave more change than an output holds. */
const fitsOutputs = <N extends SelectableNote>({ bundles }: PlannedTransaction<N>): boolean =>
  bundles.every(({ change }) => change.every(({ amount }) => amount < AMOUNT_LIMIT));
