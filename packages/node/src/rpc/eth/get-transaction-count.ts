import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { addressParam, blockOrLatest } from "../schemas.js";

/**
 * Nonce of an account: how many transactions a pseudonym has made, how many contracts a contract has created. For "pending" with the one
 * that waits.
 */
export const ethGetTransactionCount = defineMethod({
  name: "eth_getTransactionCount",
  params: z.tuple([addressParam, blockOrLatest]),
  handle(context, [address, ref]) {
    const state = context.chain.state(requireBlock(context, ref).hash);
    const nonce = state.account(address)?.nonce ?? 0n;
    const waits = ref.kind === "tag" && ref.tag === "pending" && context.mempool.ofPseudonym(address) !== undefined;
    return quantity(waits ? nonce + 1n : nonce);
  },
});
