import { encodeHeader, proofOf } from "@sero/execution";
import { currentRootSlot, leafCountSlot, POOL_ADDRESS, streamDigestSlot } from "@sero/protocol";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { data, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { proofJson } from "../proof.js";
import { blockOrLatest } from "../schemas.js";

/**
 * The Pool's root, number of leaves and stream digest after a block, proven against the state root in its header: what a wallet checks
 * everything that it downloaded with.
 */
export const seroPoolProof = defineMethod({
  name: "sero_poolProof",
  params: z.tuple([blockOrLatest]),
  handle(context, [ref]): Json {
    const block = requireBlock(context, ref);
    const slots = [currentRootSlot(), leafCountSlot(), streamDigestSlot()];
    const proof = proofOf(context.chain.state(block.hash), POOL_ADDRESS, slots);
    return { header: data(encodeHeader(block.header)), ...proofJson(POOL_ADDRESS, proof) };
  },
});
