import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** What the lowest price step is above the constant base fee. */
export const ethMaxPriorityFeePerGas = defineMethod({
  name: "eth_maxPriorityFeePerGas",
  params: z.tuple([]),
  handle: ({ spec }) => quantity((spec.priceLadder[0] ?? spec.baseFee) - spec.baseFee),
});
