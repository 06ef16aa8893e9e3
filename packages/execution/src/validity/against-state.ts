import {
  ANCHOR_WINDOW,
  COIN,
  equalBytes,
  fieldToBytes,
  invalid,
  isAnchorInWindow,
  MAX_EXPIRY_AHEAD,
  toHex,
  valid,
  type Validity,
} from "@sero/protocol";
import type { PoolView } from "../pool/view.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import type { TransactionDraft } from "./draft.js";
import { paysItself, phaseNeeds } from "./money.js";

/** The block that a transaction is to be in. */
export interface BlockContext {
  readonly number: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
}

/** What a transaction says that only the state can judge; known as soon as it is decoded. */
export type StateClaims = Pick<TransactionDraft, "tx" | "fee" | "price" | "coin" | "unshields">;

/**
 * The second half of validity (protocol, section 6, steps 1 to 3), against the state that the transaction is applied to: expiry, anchor
 * window, nullifiers unspent, turnstiles, the pseudonym's account. Within a block that state holds the nullifiers of the transactions before it, so a double
 * spend in one block is found here too (attack A9).
 */
export function checkAgainstState<Claims extends StateClaims>(
  checked: Claims,
  view: PoolView,
  block: BlockContext,
): Validity<Claims> {
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
  return checkPool(checked, view) ?? checkPseudonym(checked, view) ?? valid(checked);
}

/** No more leaves than the counters allow, of any asset, and of none that the Pool doesn't know (attacks A12, E36). */
function checkPool({ coin, unshields }: StateClaims, view: PoolView): Validity<never> | undefined {
  const refuse = (asset: bigint, amount: bigint, counter: bigint): Validity<never> =>
    invalid("pool/turnstile", "More would leave the Pool than went in; the proof system may be broken.", {
      asset: toHex(fieldToBytes(asset)),
      amount: amount.toString(),
      counter: counter.toString(),
    });
  if (view.turnstile(COIN) < coin || view.balance() < coin) return refuse(COIN, coin, view.turnstile(COIN));
  for (const { asset, amount } of unshields) {
    if (view.assetKind(asset) === 0)
      return invalid("tx/unknown-asset", "The Pool never held this asset, so it can't leave.", {
        asset: toHex(fieldToBytes(asset)),
      });
    if (view.turnstile(asset) < amount) return refuse(asset, amount, view.turnstile(asset));
  }
  return undefined;
}

/**
 * The pseudonym has no code and this is its next nonce. Its balance is read only where it pays for everything itself: nobody else can lower it
 * (it has no code), so nobody can void what was checked.
 */
function checkPseudonym(checked: StateClaims, view: PoolView): Validity<never> | undefined {
  const { tx, fee, price } = checked;
  if (tx.call === undefined) return undefined;
  const { pseudonym, nonce } = tx.call;
  const account = view.account(pseudonym);
  if (account !== undefined && !equalBytes(account.codeHash, EMPTY_CODE_HASH))
    return invalid("tx/pseudonym-code", "This pseudonym is a contract; sign with a key's address.", {
      pseudonym: toHex(pseudonym),
    });
  const expected = account?.nonce ?? 0n;
  if (nonce !== expected)
    return invalid("tx/nonce", "This is not the pseudonym's next nonce; make the transaction anew.", {
      expected: expected.toString(),
      nonce: nonce.toString(),
    });
  const needed = paysItself(checked) ? fee + phaseNeeds(tx, price) : 0n;
  const balance = account?.balance ?? 0n;
  if (balance < needed)
    return invalid("tx/pseudonym-balance", "The pseudonym holds less than it would have to pay.", {
      balance: balance.toString(),
      needed: needed.toString(),
    });
  return undefined;
}
