import type { BundleCheck } from "@sero/circuits";
import {
  bindOf,
  CIPHERTEXT_OFFSETS,
  decodeTransaction,
  intrinsicGas,
  isCanonicalX25519,
  priceOf,
  SeroError,
  toHex,
  valid,
  type Bundle,
  type Point,
  type Transaction,
  type TxId,
  type Validity,
} from "@sero/protocol";
import type { Rules, RulesAt } from "../transition/rules.js";
import type { Unshield } from "../phase/types.js";
import { checkMoney } from "./money.js";
import { expectSpendKey } from "./points.js";
import { checkPseudonymName, checkPseudonymSignature } from "./pseudonym.js";

/** A transaction that passed every check which needs neither the state nor a pairing. */
export interface CheckedTransaction {
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  /** `bind` as 32 bytes: the transaction's identity. */
  readonly txid: TxId;
  readonly bind: bigint;
  /** Intrinsic gas. */
  readonly gas: bigint;
  /** Intrinsic gas times price, base units: what the proposer gets in any case. */
  readonly fee: bigint;
  /** Base units a gas. */
  readonly price: bigint;
  /** C, the sum of the public coins, base units: of a payment the fee, of a call 0 or the fee and a deposit. */
  readonly coin: bigint;
  /** Assets that leave the Pool, summed by asset, in the order of their first bundle. */
  readonly unshields: readonly Unshield[];
  /** What it was checked against: under other rules it is another transaction, whose signatures are false. */
  readonly rulesAt: RulesAt;
  /** What is left to check of each bundle: its proof and signature. */
  readonly checks: readonly BundleCheck[];
}

/**
 * The first half of validity (protocol, section 6, step 1, and the point checks of step 3), the same for mempool, builder, import and
 * RPC: strict decoding, chain, circuits, what is active, fee, canonical keys that are not of low order.
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
  const rulesAt = rules.at(timestamp);
  const drafts = list.map((bytes) => verdictOf(() => draftOf(rules, rulesAt, bytes)));
  const keys = drafts.flatMap((draft) => (draft.ok ? draft.value.tx.bundles.map(({ rk }) => rk) : []));
  const points = rules.decodePoints(keys);
  let at = 0;
  return drafts.map((draft) => {
    if (!draft.ok) return draft;
    const own = points.slice(at, (at += draft.value.tx.bundles.length));
    return verdictOf(() => finish(draft.value, own));
  });
}

/** What is known of a transaction before its points are. */
type Draft = Omit<CheckedTransaction, "txid" | "bind" | "checks">;

function verdictOf<T>(check: () => T): Validity<T> {
  try {
    return valid(check());
  } catch (error) {
    if (error instanceof SeroError) return { ok: false, error };
    throw error;
  }
}

function draftOf(rules: Rules, rulesAt: RulesAt, bytes: Uint8Array): Draft {
  const { spec } = rules;
  const tx = decodeTransaction(bytes);
  if (tx.chainId !== spec.chainId) {
    throw new SeroError("tx/chain-id", "This transaction is for another chain; make it anew for this one.", {
      chainId: tx.chainId.toString(),
      expected: spec.chainId.toString(),
    });
  }
  if (tx.call !== undefined && !rulesAt.callPhase) {
    throw new SeroError("tx/call-not-active", "Contract calls are not active yet on this chain; send a payment.");
  }
  if (tx.packages.length > 0 && !rulesAt.packages) {
    throw new SeroError("tx/packages-not-active", "Packages are not active yet on this chain; send a payment.");
  }
  for (const { circuit } of tx.bundles) {
    if (!rulesAt.circuits.has(circuit)) {
      throw new SeroError("tx/circuit", "This chain has no active circuit of that number.", { circuit });
    }
  }
  const gas = intrinsicGas(tx, spec);
  const price = priceOf(tx, spec);
  const money = checkMoney(tx, gas, price);
  if (gas + (tx.call?.gasLimit ?? 0n) > spec.gasLimit) {
    throw new SeroError("tx/gas", "This transaction needs more gas than a block has; make it smaller.", {
      gas: (gas + (tx.call?.gasLimit ?? 0n)).toString(),
      gasLimit: spec.gasLimit.toString(),
    });
  }
  if (tx.call !== undefined) checkPseudonymName(tx.call.pseudonym, rules.precompiles);
  tx.outputs.forEach((ciphertext, output) => {
    const { epk, viewTag } = CIPHERTEXT_OFFSETS;
    if (!isCanonicalX25519(ciphertext.subarray(epk, viewTag))) {
      throw new SeroError("tx/epk", "An output's ephemeral key is not canonical or has low order.", { output });
    }
  });
  return { tx, bytes, gas, price, rulesAt, ...money };
}

/** @param points the bundles' rk in order, undefined where it is not a point's canonical encoding */
function finish(draft: Draft, points: readonly (Point | undefined)[]): CheckedTransaction {
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
