import { SeroError } from "@sero/protocol";
import { z } from "zod";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { quantityParam } from "../schemas.js";

/** Blocks that one call may make. */
const MAX_BLOCKS = 1024;

/** Makes blocks at once, on a chain that seals its own; answers the last one. For tests and demonstrations. */
export const seroSealBlock = defineMethod({
  name: "sero_sealBlock",
  params: z.tuple([z.union([z.number().int().positive(), quantityParam.transform(Number)]).optional()]),
  async handle({ sealer, chain }, [count]): Promise<Json> {
    if (!sealer) {
      throw new SeroError("rpc/not-available", "This chain's blocks are made by its validators, not by this node.");
    }
    let block = chain.head();
    for (let i = 0; i < Math.min(count ?? 1, MAX_BLOCKS); i++) block = await sealer.seal();
    return { number: quantity(block.number), hash: data(block.hash) };
  },
});
