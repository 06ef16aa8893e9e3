import { z } from "zod";
import { frontierBytesOf } from "../../chain/subtrees.js";
import { requireBlock } from "../blocks.js";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam } from "../schemas.js";

/** The note tree after a block, for a wallet that begins there: it need not be believed, since later roots must follow from it. */
export const seroTreeState = defineMethod({
  name: "sero_treeState",
  params: z.tuple([blockNumberParam]),
  handle(context, [ref]): Json {
    const block = requireBlock(context, ref);
    const tree = context.store.tree(block.hash);
    if (!tree) return null;
    return {
      number: quantity(block.number),
      hash: data(block.hash),
      count: quantity(tree.count),
      root: data(tree.root),
      streamDigest: data(tree.streamDigest),
      frontier: data(frontierBytesOf(context.store, block.number)),
    };
  },
});
