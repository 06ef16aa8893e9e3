import { z } from "zod";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { quantityParam } from "../schemas.js";

const small = z.union([z.number().int().nonnegative(), quantityParam.transform(Number)]);

/** Roots of complete subtrees of 4^level leaves in finalized blocks, from an index on. Fewer than asked for: there are no more yet. */
export const seroSubtreeRoots = defineMethod({
  name: "sero_subtreeRoots",
  params: z.tuple([small, quantityParam, small]),
  handle: async ({ subtrees }, [level, start, count]) => (await subtrees.roots(level, start, count)).map(data),
});
