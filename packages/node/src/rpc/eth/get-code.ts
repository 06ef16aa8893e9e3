import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { addressParam, blockOrLatest } from "../schemas.js";

/** Code of a contract. */
export const ethGetCode = defineMethod({
  name: "eth_getCode",
  params: z.tuple([addressParam, blockOrLatest]),
  handle(context, [address, ref]) {
    const state = context.chain.state(requireBlock(context, ref).hash);
    const account = state.account(address);
    const code = account && state.code(account.codeHash);
    return code ? data(code) : "0x";
  },
});
