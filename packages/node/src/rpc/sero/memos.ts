import { z } from "zod";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockMemos, checkRange } from "../ranges.js";
import { quantityParam } from "../schemas.js";

/** Blocks in one answer; GET /sero/memos streams any number. */
const MAX_BLOCKS = 256n;

/** Memo chunks of all transactions of a range, never of one: who asks for one memo says that it is his. */
export const seroMemos = defineMethod({
  name: "sero_memos",
  params: z.tuple([quantityParam, quantityParam]),
  handle(context, [from, to]) {
    const range = checkRange(context, { from, to }, MAX_BLOCKS);
    const blocks: Json[] = [];
    for (let number = range.from; number <= range.to; number++) {
      const memos = blockMemos(context, number);
      if (!memos) break;
      blocks.push({
        number: quantity(number),
        transactions: memos.map(({ txid, chunks }) => ({ txid: data(txid), chunks: chunks.map(data) })),
      });
    }
    return blocks;
  },
});
