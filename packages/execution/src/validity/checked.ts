import type { BundleCheck } from "@sero/circuits";
import {
  bindOf,
  SeroError,
  toHex,
  valid,
  type Bundle,
  type Point,
  type Transaction,
  type TxId,
  type Validity,
} from "@sero/protocol";
import type { Rules } from "../transition/rules.js";
import { draftTransaction, verdictOf, type TransactionDraft } from "./draft.js";
import { expectSpendKey } from "./points.js";
import { checkPseudonymSignature } from "./pseudonym.js";

/** A transaction that passed every check which needs neither the state nor a pairing. */
export interface CheckedTransaction extends TransactionDraft {
  /** `bind` as 32 bytes: the transaction's identity. */
  readonly txid: TxId;
  readonly bind: bigint;
  /** What is left to check of each bundle: its proof and signature. */
  readonly checks: readonly BundleCheck[];
}

/**
 * The first half of validity (protocol, section 6, step 1, and the point checks of step 3), the same for mempool, builder, import and
 * RPC: `draftTransaction`, then `completeDrafts`.
 *
 * @param timestamp of the block that the transaction is in or is to be in, seconds since 1970
 */
export function decodeAndCheckStateless(
  rules: Rules,
  bytes: Uint8Array,
  timestamp: bigint,
): Validity<CheckedTransaction> {
  return decodeAndCheckMany(rules, [bytes], timestamp)[0]!;
}

/** The same for many: the verdict on each is that of checking it alone; the points of all are decoded together, which is faster. */
export function decodeAndCheckMany(
  rules: Rules,
  list: readonly Uint8Array[],
  timestamp: bigint,
): Validity<CheckedTransaction>[] {
  const drafts = list.map((bytes) => draftTransaction(rules, bytes, timestamp));
  const completed = completeDrafts(
    rules,
    drafts.flatMap((draft) => (draft.ok ? [draft.value] : [])),
  );
  let at = 0;
  return drafts.map((draft) => (draft.ok ? completed[at++]! : draft));
}

/**
 * Steps 8 and 9 of validity: the spend keys, decoded together, the identity, the pseudonym's signature. The verdict on each draft is that of
 * completing it alone. With `draftTransaction` before it, this is `decodeAndCheckMany`; whoever can ask the state in between saves the
 * greater part of the work on what is void.
 */
export function completeDrafts(rules: Rules, drafts: readonly TransactionDraft[]): Validity<CheckedTransaction>[] {
  const points = rules.decodePoints(drafts.flatMap(({ tx }) => tx.bundles.map(({ rk }) => rk)));
  let at = 0;
  return drafts.map((draft) => {
    const own = points.slice(at, (at += draft.tx.bundles.length));
    return verdictOf(() => finish(draft, own));
  });
}

/** The identity of a draft, without a look at its keys: enough to tell a copy of a known transaction from a rival. */
export function txidOfDraft({ tx, rulesAt }: TransactionDraft): TxId {
  return bindOf(tx, rulesAt.bindContext).txid;
}

/** @param points the bundles' rk in order, undefined where it is not a point's canonical encoding */
function finish(draft: TransactionDraft, points: readonly (Point | undefined)[]): CheckedTransaction {
  const { tx } = draft;
  const keys = points.map(expectSpendKey);
  const { bind, txid } = bindOf(tx, draft.rulesAt.bindContext);
  if (tx.call !== undefined) checkPseudonymSignature(tx.call, bind);
  const checks = tx.bundles.map((bundle, i): BundleCheck => {
    const { circuit, proof, rk, signature } = bundle;
    const { x, y } = keys[i]!;
    return { circuit, inputs: [...inputsBeforeKey(tx, bundle), x, y], proof, rk, signature, message: txid };
  });
  return { ...draft, txid, bind, checks };
}

/** Public inputs in the circuit's order, all but rk. */
function inputsBeforeKey(tx: Transaction, bundle: Bundle): bigint[] {
  const { nullifiers, commitments, pubCoin, pubAsset, pubAmount } = bundle;
  return [tx.anchor, ...nullifiers, ...commitments, pubCoin, pubAsset, pubAmount];
}

/** What a verifier has to check of a transaction: one item a bundle. */
export function bundleChecks(checked: CheckedTransaction): readonly BundleCheck[] {
  return checked.checks;
}

/** Checks a transaction's signatures and proofs. The verdict names the first bundle that fails. */
export async function verifyBundles(rules: Rules, checked: CheckedTransaction): Promise<Validity<CheckedTransaction>> {
  const verdicts = await rules.verifier.check(checked.checks);
  const bundle = verdicts.findIndex((good) => !good);
  return bundle < 0 && verdicts.length === checked.checks.length
    ? valid(checked)
    : { ok: false, error: badProof(checked, bundle) };
}

/** Why a transaction is invalid one of whose bundles has a false proof or signature. */
export function badProof(checked: CheckedTransaction, bundle: number): SeroError {
  return new SeroError("tx/proof", "A proof or signature of this transaction is false; nothing was spent.", {
    txid: toHex(checked.txid),
    bundle,
  });
}
