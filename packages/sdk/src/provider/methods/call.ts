import { z } from "zod";
import { defineMethod } from "../method.js";
import { callAs, readerOf } from "../simulate.js";
import { isNewest } from "../tags.js";
import { checkSize, dataOf, transactionObject } from "../transaction.js";

/**
 * A read by a pseudonym of the session, or about one, runs with the user's spendable balance brought along, so that `balanceOf` shows it. All other
 * reads, and those of the past or of a state made up, are the node's.
 */
export const ethCall = defineMethod({
  name: "eth_call",
  params: z.tuple([transactionObject]).rest(z.unknown()),
  async handle(context, [tx, tag, ...overrides], signal) {
    const data = checkSize(dataOf(tx));
    const reader = readerOf(context, tx.from ?? undefined, data);
    const isPlain =
      reader === undefined ||
      tx.to === undefined ||
      !isNewest(tag) ||
      overrides.some((item) => (item ?? undefined) !== undefined);
    if (isPlain) {
      const { value, gas } = tx;
      const sent = {
        ...(tx.from === undefined ? {} : { from: tx.from }),
        ...(tx.to === undefined ? {} : { to: tx.to }),
        ...(value === undefined ? {} : { value: `0x${value.toString(16)}` }),
        ...(gas === undefined ? {} : { gas: `0x${gas.toString(16)}` }),
        data,
      };
      return context.node.request("eth_call", [sent, tag ?? "latest", ...overrides], signal);
    }
    await context.refreshSoon();
    return callAs(context, reader, { to: tx.to ?? undefined, value: tx.value ?? 0n, data }, signal);
  },
});
