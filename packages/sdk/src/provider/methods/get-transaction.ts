import { z } from "zod";
import { hashText } from "../json.js";
import { defineMethod } from "../method.js";
import { pendingJson, pendingOf } from "../pending.js";

/** The node's answer; until the node knows it, the outbox's. */
export const ethGetTransactionByHash = defineMethod({
  name: "eth_getTransactionByHash",
  params: z.tuple([hashText]),
  async handle(context, [hash], signal) {
    const known = await context.node.request("eth_getTransactionByHash", [hash], signal).catch((error: unknown) => {
      // A node that is down for a moment must not make a library believe that a transaction of ours is lost.
      if (pendingOf(context, hash) === undefined) throw error;
      return null;
    });
    if (known !== null) return known;
    const pending = pendingOf(context, hash);
    return pending === undefined ? null : pendingJson(context, pending);
  },
});

/** The node's answer; null as long as the transaction is under way, whatever the node's state. */
export const ethGetTransactionReceipt = defineMethod({
  name: "eth_getTransactionReceipt",
  params: z.tuple([hashText]),
  handle: (context, [hash], signal) =>
    context.node.request("eth_getTransactionReceipt", [hash], signal).catch((error: unknown) => {
      if (pendingOf(context, hash) === undefined) throw error;
      return null;
    }),
});
