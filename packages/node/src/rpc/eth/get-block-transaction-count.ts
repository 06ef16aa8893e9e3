import { z } from "zod";
import { bodyOf, findBlock } from "../blocks.js";
import type { RpcContext } from "../context.js";
import { quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam, hashParam, type BlockRef } from "../schemas.js";

/** How many transactions a block holds. */
export const ethGetBlockTransactionCountByNumber = defineMethod({
  name: "eth_getBlockTransactionCountByNumber",
  params: z.tuple([blockNumberParam]),
  handle: (context, [ref]) => count(context, ref),
});

/** How many transactions a block holds. */
export const ethGetBlockTransactionCountByHash = defineMethod({
  name: "eth_getBlockTransactionCountByHash",
  params: z.tuple([hashParam]),
  handle: (context, [hash]) => count(context, { kind: "hash", hash, requireCanonical: false }),
});

function count(context: RpcContext, ref: BlockRef): Json {
  const block = findBlock(context, ref);
  return block ? quantity(bodyOf(context, block).txids.length) : null;
}
