import type { AccountKeys, Nullifier } from "@sero/protocol";
import { arrangeBundles, type ArrangedBundle } from "../build/index.js";
import type { OutboxEntry } from "../outbox/index.js";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote } from "../types.js";

const notesOf = ({ planned }: Pick<ArrangedBundle, "planned">): string =>
  planned.inputs
    .map(({ leafIndex }) => leafIndex)
    .sort((a, b) => (a < b ? -1 : 1))
    .join(",");

/**
 * Fixes the inputs of a plan's bundles and their order, and with them nf[0], which names the pseudonym. Bundles that spend the notes of one
 * arranged before stay as they were and where they were, so that a change of amounts alone changes no pseudonym. nf[0] is none of `taken`.
 */
export function arrange(
  keys: AccountKeys,
  plan: PlannedTransaction<OwnedNote>,
  before: readonly ArrangedBundle[],
  taken: ReadonlySet<Nullifier>,
): ArrangedBundle[] {
  const fresh = arrangeBundles(keys, plan);
  const kept: ArrangedBundle[] = [];
  for (const old of before) {
    const at = fresh.findIndex((bundle) => notesOf(bundle) === notesOf(old));
    const [match] = at < 0 ? [] : fresh.splice(at, 1);
    if (match !== undefined) kept.push({ planned: match.planned, inputs: old.inputs });
  }
  return withFreshFirst([...kept, ...fresh], taken);
}

/** Swaps inputs or bundles until nf[0] is a new one. */
function withFreshFirst(bundles: readonly ArrangedBundle[], taken: ReadonlySet<Nullifier>): ArrangedBundle[] {
  const isFree = ({ inputs }: ArrangedBundle): boolean => !taken.has(inputs[0].nullifier);
  const turned = ({ planned, inputs }: ArrangedBundle): ArrangedBundle => ({ planned, inputs: [inputs[1], inputs[0]] });
  for (const [i, bundle] of bundles.entries())
    for (const candidate of [bundle, turned(bundle)])
      if (isFree(candidate)) return [candidate, ...bundles.filter((_, j) => j !== i)];
  return [...bundles];
}

/** First nullifiers of calls made before: a second transaction with the same one would show the same pseudonym and returns (attack D30). */
export const takenFirst = (outbox: readonly OutboxEntry[], account: number): ReadonlySet<Nullifier> =>
  new Set(
    outbox
      .filter((entry) => entry.account === account && entry.draft.tx.call !== undefined)
      .flatMap((entry) => entry.draft.tx.bundles.slice(0, 1).map(({ nullifiers }) => nullifiers[0])),
  );
