import { z } from "zod";
import { COIN, SeroError } from "@sero/protocol";
import type { ProviderContext } from "../context.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { whenReady } from "../send.js";
import { gasAs, spendableCoin } from "../simulate.js";
import { callOf, checkSize, dataOf, requestOf, transactionObject } from "../transaction.js";

/**
 * The gas of the transaction that the wallet would make, as far as the call decides it: nobody is asked before it is answered, so nothing of it may
 * hang on the user's single notes. The wallet does not follow it when it sends.
 */
export const ethEstimateGas = defineMethod({
  name: "eth_estimateGas",
  params: z.tuple([transactionObject]).rest(z.unknown()),
  async handle(context, [tx, ...rest], signal) {
    const from = tx.from ?? context.session.addresses[0];
    if (from === undefined || !context.session.addresses.includes(from))
      return context.node.request("eth_estimateGas", [asSent(tx), ...rest], signal);
    const { pseudonym } = requestOf(context, tx);
    const { value = 0n } = callOf(tx);
    await whenReady(context, pseudonym, signal, () => checkValue(context, value));
    return quantity(await gasAs(context, from, { to: tx.to, value, data: checkSize(dataOf(tx)) }, signal));
  },
});

/** By the sum alone, which the site sees as the balance of the address. */
function checkValue(context: ProviderContext, needed: bigint): void {
  const { session, wallet } = context;
  const spendable = spendableCoin(context);
  if (needed <= spendable) return;
  const pending = wallet.balances(session.account).find(({ asset }) => asset === COIN)?.pending ?? 0n;
  const values = { needed: needed.toString(), spendable: spendable.toString(), pending: pending.toString() };
  throw new SeroError("funds/insufficient", "The call brings more coin than can be spent now.", values);
}

const asSent = (tx: z.output<typeof transactionObject>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tx)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, typeof value === "bigint" ? quantity(value) : value]),
  );
