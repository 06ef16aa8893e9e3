import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** The chain id that transactions are bound to (EIP-695). */
export const ethChainId = defineMethod({
  name: "eth_chainId",
  params: z.tuple([]),
  handle: ({ spec }) => quantity(spec.chainId),
});
