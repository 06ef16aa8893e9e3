import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { addressParam, blockOrLatest, slotParam } from "../schemas.js";

/** One storage slot of a contract, 32 bytes. */
export const ethGetStorageAt = defineMethod({
  name: "eth_getStorageAt",
  params: z.tuple([addressParam, slotParam, blockOrLatest]),
  handle: (context, [address, slot, ref]) =>
    data(context.chain.state(requireBlock(context, ref).hash).storage(address, slot)),
});
