import { encodeBlock } from "@sero/execution";
import { z } from "zod";
import { bodyOf, findBlock } from "../blocks.js";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { blockParam } from "../schemas.js";

/** RLP of a whole block (header, transactions, ommers, withdrawals): what an audit replays. */
export const debugGetRawBlock = defineMethod({
  name: "debug_getRawBlock",
  params: z.tuple([blockParam]),
  handle(context, [ref]) {
    const block = findBlock(context, ref);
    if (!block) return null;
    const { transactions, withdrawals } = bodyOf(context, block);
    return data(encodeBlock({ header: block.header, transactions, withdrawals }));
  },
});
