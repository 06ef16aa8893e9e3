import { z } from "zod";
import { bodyOf, findBlock } from "../blocks.js";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { hashParam } from "../schemas.js";

/** The bytes of a transaction, mined or waiting. */
export const ethGetRawTransactionByHash = defineMethod({
  name: "eth_getRawTransactionByHash",
  params: z.tuple([hashParam]),
  handle(context, [txid]) {
    const place = context.store.place(txid);
    const block = place && findBlock(context, { kind: "number", number: place.number });
    const bytes = block ? bodyOf(context, block).transactions[place.index] : context.mempool.get(txid)?.checked.bytes;
    return bytes ? data(bytes) : null;
  },
});
