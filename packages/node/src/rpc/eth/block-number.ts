import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** Number of the newest block. */
export const ethBlockNumber = defineMethod({
  name: "eth_blockNumber",
  params: z.tuple([]),
  handle: ({ chain }) => quantity(chain.head().number),
});
