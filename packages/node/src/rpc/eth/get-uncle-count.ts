import { z } from "zod";
import { findBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam, hashParam } from "../schemas.js";

/** How many ommers a block has: none, under proof of stake. */
export const ethGetUncleCountByBlockHash = defineMethod({
  name: "eth_getUncleCountByBlockHash",
  params: z.tuple([hashParam]),
  handle: (context, [hash]) =>
    findBlock(context, { kind: "hash", hash, requireCanonical: false }) ? quantity(0) : null,
});

/** How many ommers a block has: none, under proof of stake. */
export const ethGetUncleCountByBlockNumber = defineMethod({
  name: "eth_getUncleCountByBlockNumber",
  params: z.tuple([blockNumberParam]),
  handle: (context, [ref]) => (findBlock(context, ref) ? quantity(0) : null),
});

/** An ommer by place: there are none. */
export const ethGetUncleByBlockHashAndIndex = defineMethod({
  name: "eth_getUncleByBlockHashAndIndex",
  params: z.tuple([hashParam, z.string()]),
  handle: () => null,
});

/** An ommer by place: there are none. */
export const ethGetUncleByBlockNumberAndIndex = defineMethod({
  name: "eth_getUncleByBlockNumberAndIndex",
  params: z.tuple([blockNumberParam, z.string()]),
  handle: () => null,
});
