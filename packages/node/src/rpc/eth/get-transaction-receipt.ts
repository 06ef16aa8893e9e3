import { z } from "zod";
import { findBlock } from "../blocks.js";
import { receiptsJson } from "../format.js";
import { defineMethod } from "../method.js";
import { hashParam } from "../schemas.js";

/** The outcome of a mined transaction. */
export const ethGetTransactionReceipt = defineMethod({
  name: "eth_getTransactionReceipt",
  params: z.tuple([hashParam]),
  handle(context, [txid]) {
    const place = context.store.place(txid);
    const block = place && findBlock(context, { kind: "number", number: place.number });
    if (!block) return null;
    return receiptsJson(context, block)[place.index] ?? null;
  },
});
