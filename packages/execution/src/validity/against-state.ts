import {
  ANCHOR_WINDOW,
  COIN,
  fieldToBytes,
  invalid,
  isAnchorInWindow,
  MAX_EXPIRY_AHEAD,
  toHex,
  valid,
  type Validity,
} from "@sero/protocol";
import type { PoolView } from "../pool/view.js";
import type { CheckedTransaction } from "./checked.js";

/** The block that a transaction is to be in. */
export interface BlockContext {
  readonly number: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
}

/**
 * The second half of validity (protocol, section 6, steps 1 and 2), against the state that the transaction is applied to: expiry, anchor
 * window, nullifiers unspent, turnstile. Within a block that state holds the nullifiers of the transactions before it, so a double
 * spend in one block is found here too (attack A9).
 */
export function checkAgainstState(
  checked: CheckedTransaction,
  view: PoolView,
  block: BlockContext,
): Validity<CheckedTransaction> {
  const { tx } = checked;
  const { number } = block;
  if (tx.expiry < number) {
    return invalid("tx/expired", "This transaction has expired; make it anew.", {
      expiry: tx.expiry.toString(),
      block: number.toString(),
    });
  }
  if (tx.expiry - number > MAX_EXPIRY_AHEAD) {
    return invalid("tx/expiry-too-far", `A transaction may expire at most ${MAX_EXPIRY_AHEAD} blocks ahead.`, {
      expiry: tx.expiry.toString(),
      block: number.toString(),
    });
  }
  const anchorBlock = view.blockOfRoot(tx.anchor);
  if (anchorBlock === undefined || !isAnchorInWindow(anchorBlock, number)) {
    return invalid(
      "tx/anchor",
      `The anchor is not the root after one of the last ${ANCHOR_WINDOW} blocks; refresh the proof with a newer one.`,
      { anchor: toHex(fieldToBytes(tx.anchor)), block: number.toString() },
    );
  }
  const seen = new Set<bigint>();
  for (const nullifier of tx.bundles.flatMap((bundle) => bundle.nullifiers)) {
    if (seen.has(nullifier) || view.isSpent(nullifier)) {
      return invalid("tx/spent", "A note of this transaction is already spent; sync the wallet and pay again.", {
        nullifier: toHex(fieldToBytes(nullifier)),
      });
    }
    seen.add(nullifier);
  }
  if (view.turnstile(COIN) < checked.fee || view.balance() < checked.fee) {
    return invalid("pool/turnstile", "More coin would leave the Pool than went in; the proof system may be broken.", {
      fee: checked.fee.toString(),
      counter: view.turnstile(COIN).toString(),
    });
  }
  return valid(checked);
}
