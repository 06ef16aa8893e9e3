import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { addressParam, blockOrLatest } from "../schemas.js";

/** Public balance of an address, base units: of contracts, fee recipients and pseudonyms. People hold notes instead. */
export const ethGetBalance = defineMethod({
  name: "eth_getBalance",
  params: z.tuple([addressParam, blockOrLatest]),
  handle(context, [address, ref]) {
    const state = context.chain.state(requireBlock(context, ref).hash);
    return quantity(state.account(address)?.balance ?? 0n);
  },
});
