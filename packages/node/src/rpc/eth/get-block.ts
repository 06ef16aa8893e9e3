import { z } from "zod";
import { bodyOf, findBlock } from "../blocks.js";
import type { RpcContext } from "../context.js";
import { blockJson } from "../format.js";
import type { Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam, hashParam, type BlockRef } from "../schemas.js";

/** A block by number or tag, with its transactions whole or as hashes. */
export const ethGetBlockByNumber = defineMethod({
  name: "eth_getBlockByNumber",
  params: z.tuple([blockNumberParam, z.boolean().optional()]),
  handle: (context, [ref, full]) => read(context, ref, full ?? false),
});

/** A block by hash, with its transactions whole or as hashes. */
export const ethGetBlockByHash = defineMethod({
  name: "eth_getBlockByHash",
  params: z.tuple([hashParam, z.boolean().optional()]),
  handle: (context, [hash, full]) => read(context, { kind: "hash", hash, requireCanonical: false }, full ?? false),
});

function read(context: RpcContext, ref: BlockRef, full: boolean): Json {
  const block = findBlock(context, ref);
  return block ? blockJson(context, block, bodyOf(context, block), full) : null;
}
