import { z } from "zod";
import { data, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { checkRange, scanBlock } from "../ranges.js";
import { quantityParam } from "../schemas.js";

/** Blocks in one answer; GET /sero/compact streams any number. */
const MAX_BLOCKS = 256n;

/** Headers and compact blocks of a range: for small ranges, in JSON. An answer shorter than the range means: ask again from there. */
export const seroCompactBlocks = defineMethod({
  name: "sero_compactBlocks",
  params: z.tuple([quantityParam, quantityParam]),
  handle(context, [from, to]) {
    const range = checkRange(context, { from, to }, MAX_BLOCKS);
    const blocks: Json[] = [];
    for (let number = range.from; number <= range.to; number++) {
      const block = scanBlock(context, number);
      if (!block) break;
      blocks.push({ header: data(block.header), compact: data(block.compact) });
    }
    return blocks;
  },
});
