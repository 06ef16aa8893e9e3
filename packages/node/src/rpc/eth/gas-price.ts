import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** The lowest step of the price ladder: there are no other prices (protocol, section 6). */
export const ethGasPrice = defineMethod({
  name: "eth_gasPrice",
  params: z.tuple([]),
  handle: ({ spec }) => quantity(spec.priceLadder[0] ?? spec.baseFee),
});
