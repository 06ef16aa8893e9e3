import { AMOUNT_LIMIT, publicCoinOf, SeroError, type AssetId, type Transaction } from "@sero/protocol";
import type { Unshield } from "../phase/types.js";

/** What a transaction takes out of the Pool. */
export interface Money {
  readonly fee: bigint;
  readonly coin: bigint;
  readonly unshields: readonly Unshield[];
}

/** Whether the pseudonym pays for everything itself: the exception of protocol, section 6, for coins that lie on a pseudonym. */
export const paysItself = ({ coin }: Pick<Money, "coin">): boolean => coin === 0n;

/** What a call phase needs besides the fee: gas at its price and the values of its calls; base units. */
export function phaseNeeds({ call }: Pick<Transaction, "call">, price: bigint): bigint {
  if (call === undefined) return 0n;
  return call.calls.reduce((sum, { value }) => sum + value, call.gasLimit * price);
}

/**
 * Checks that a transaction's public coins pay for it. All sums are of integers, never modulo r (attack A5). A payment: C = I * price and no
 * asset leaves. A call phase: C >= I * price + gasLimit * price + the calls' values; or C = 0 and no asset leaves, when the pseudonym pays.
 *
 * @throws SeroError `tx/fee`, `tx/public-asset`
 */
export function checkMoney(tx: Transaction, gas: bigint, price: bigint): Money {
  const fee = gas * price;
  const coin = publicCoinOf(tx);
  const unshields = unshieldsOf(tx);
  const needs = fee + phaseNeeds(tx, price);
  if (tx.call === undefined) {
    if (unshields.length > 0)
      throw new SeroError("tx/public-asset", "A payment lets no asset but the fee out of the Pool.");
    if (coin !== fee) {
      throw new SeroError("tx/fee", "A payment's public coin must be exactly its gas times its price.", {
        publicCoin: coin.toString(),
        fee: fee.toString(),
      });
    }
  } else if (paysItself({ coin })) {
    if (unshields.length > 0)
      throw new SeroError(
        "tx/public-asset",
        "A transaction that its pseudonym pays for lets no asset out of the Pool.",
      );
  } else if (coin < needs) {
    throw new SeroError("tx/fee", "The public coin must pay for the gas, the gas limit and the values of the calls.", {
      publicCoin: coin.toString(),
      needed: needs.toString(),
    });
  }
  // What comes back as one note must fit into one.
  if (coin >= AMOUNT_LIMIT || unshields.some(({ amount }) => amount >= AMOUNT_LIMIT))
    throw new SeroError("tx/amount", "The public amounts of one asset must together be below 2^128.");
  return { fee, coin, unshields };
}

/** Public amounts by asset. */
function unshieldsOf({ bundles }: Transaction): Unshield[] {
  const sums = new Map<AssetId, bigint>();
  for (const { pubAsset, pubAmount } of bundles)
    if (pubAmount > 0n) sums.set(pubAsset, (sums.get(pubAsset) ?? 0n) + pubAmount);
  return [...sums].map(([asset, amount]) => ({ asset, amount }));
}
