import { z } from "zod";
import { defineMethod } from "../method.js";
import { assetsInRange } from "../pool-events.js";
import { quantityParam } from "../schemas.js";

/** Tokens and tickets that first came into the Pool in a range of blocks. */
export const seroAssets = defineMethod({
  name: "sero_assets",
  params: z.tuple([quantityParam, quantityParam]),
  handle: (context, [from, to]) => assetsInRange(context, { from, to }),
});
