import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { prepareWhenFunded } from "../send.js";
import { requestOf, transactionObject } from "../transaction.js";

/** The gas of the very transaction that the wallet would make: with everything that it brings and takes back. */
export const ethEstimateGas = defineMethod({
  name: "eth_estimateGas",
  params: z.tuple([transactionObject]).rest(z.unknown()),
  async handle(context, [tx, ...rest], signal) {
    if (tx.from !== undefined && !context.session.addresses.includes(tx.from))
      return context.node.request("eth_estimateGas", [asSent(tx), ...rest], signal);
    const { report } = await prepareWhenFunded(context, requestOf(context, tx), signal);
    return quantity(report.facts.gas);
  },
});

const asSent = (tx: z.output<typeof transactionObject>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tx)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, typeof value === "bigint" ? quantity(value) : value]),
  );
