import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { addressParam, blockOrLatest } from "../schemas.js";

/** Nonce of an account: how many calls a pseudonym has made, how many contracts a contract has created. */
export const ethGetTransactionCount = defineMethod({
  name: "eth_getTransactionCount",
  params: z.tuple([addressParam, blockOrLatest]),
  handle(context, [address, ref]) {
    const state = context.chain.state(requireBlock(context, ref).hash);
    return quantity(state.account(address)?.nonce ?? 0n);
  },
});
