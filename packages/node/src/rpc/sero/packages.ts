import { z } from "zod";
import { defineMethod } from "../method.js";
import { packageEventsInRange } from "../pool-events.js";
import { quantityParam } from "../schemas.js";

/** Packages made, handed on, released and repacked in a range of blocks. */
export const seroPackages = defineMethod({
  name: "sero_packages",
  params: z.tuple([quantityParam, quantityParam]),
  handle: (context, [from, to]) => packageEventsInRange(context, { from, to }),
});
