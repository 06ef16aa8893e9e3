import type { BundleCheck } from "@sero/circuits";
import {
  bindOf,
  CIPHERTEXT_OFFSETS,
  decodeTransaction,
  intrinsicGas,
  isCanonicalX25519,
  priceOf,
  publicCoinOf,
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
import { expectSpendKey } from "./points.js";

/** A transaction that passed every check which needs neither the state nor a pairing. */
export interface CheckedTransaction {
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  /** `bind` as 32 bytes: the transaction's identity. */
  readonly txid: TxId;
  readonly bind: bigint;
  /** Intrinsic gas. */
  readonly gas: bigint;
  /** Gas times price, base units; equals the sum of the public coins. */
  readonly fee: bigint;
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
type Draft = Pick<CheckedTransaction, "tx" | "bytes" | "gas" | "fee" | "rulesAt">;

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
  if (tx.call !== undefined) {
    throw new SeroError("tx/call-not-active", "Contract calls are not active yet on this chain; send a payment.");
  }
  if (tx.packages.length > 0) {
    throw new SeroError("tx/packages-not-active", "Packages are not active yet on this chain; send a payment.");
  }
  for (const { circuit } of tx.bundles) {
    if (!rulesAt.circuits.has(circuit)) {
      throw new SeroError("tx/circuit", "This chain has no active circuit of that number.", { circuit });
    }
  }
  const gas = intrinsicGas(tx, spec);
  const fee = checkFee(tx, gas, priceOf(tx, spec));
  if (gas > spec.gasLimit) {
    throw new SeroError(
      "tx/gas",
      "This transaction needs more gas than a block has; use fewer bundles or memo chunks.",
      {
        gas: gas.toString(),
        gasLimit: spec.gasLimit.toString(),
      },
    );
  }
  tx.outputs.forEach((ciphertext, output) => {
    const { epk, viewTag } = CIPHERTEXT_OFFSETS;
    if (!isCanonicalX25519(ciphertext.subarray(epk, viewTag))) {
      throw new SeroError("tx/epk", "An output's ephemeral key is not canonical or has low order.", { output });
    }
  });
  return { tx, bytes, gas, fee, rulesAt };
}

/** @param points the bundles' rk in order, undefined where it is not a point's canonical encoding */
function finish(draft: Draft, points: readonly (Point | undefined)[]): CheckedTransaction {
  const { tx } = draft;
  const keys = points.map(expectSpendKey);
  const { bind, txid } = bindOf(tx, draft.rulesAt.bindContext);
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

/** A payment's public coins sum to exactly its fee and no other asset leaves (attack A5: summed as integers, never modulo r). */
function checkFee(tx: Transaction, gas: bigint, price: bigint): bigint {
  const fee = gas * price;
  const coin = publicCoinOf(tx);
  if (coin !== fee) {
    throw new SeroError("tx/fee", "A payment's public coin must be exactly its gas times its price.", {
      publicCoin: coin.toString(),
      fee: fee.toString(),
    });
  }
  if (tx.bundles.some(({ pubAmount, pubAsset }) => pubAmount !== 0n || pubAsset !== 0n)) {
    throw new SeroError("tx/public-asset", "A payment lets no asset but the fee out of the Pool.");
  }
  return fee;
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
