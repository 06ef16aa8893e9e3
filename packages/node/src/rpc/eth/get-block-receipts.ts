import { z } from "zod";
import { findBlock } from "../blocks.js";
import { receiptsJson } from "../format.js";
import { defineMethod } from "../method.js";
import { blockParam } from "../schemas.js";

/** The outcomes of all transactions of a block. */
export const ethGetBlockReceipts = defineMethod({
  name: "eth_getBlockReceipts",
  params: z.tuple([blockParam]),
  handle(context, [ref]) {
    const block = findBlock(context, ref);
    return block ? receiptsJson(context, block) : null;
  },
});
