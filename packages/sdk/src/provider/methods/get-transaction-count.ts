import { z } from "zod";
import { addressText, quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { pendingNonce } from "../pending.js";

/** As the node says; "pending" counts what is still being proved, too. */
export const ethGetTransactionCount = defineMethod({
  name: "eth_getTransactionCount",
  params: z.union([z.tuple([addressText]), z.tuple([addressText, z.unknown()])]),
  async handle(context, [address, tag], signal) {
    if (tag !== "pending" || !context.session.addresses.includes(address))
      return context.node.request("eth_getTransactionCount", [address, tag ?? "latest"], signal);
    return quantity(await pendingNonce(context, address, signal));
  },
});
