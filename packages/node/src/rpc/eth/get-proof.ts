import { proofOf } from "@sero/execution";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { defineMethod } from "../method.js";
import { proofJson } from "../proof.js";
import { addressParam, blockOrLatest, slotParam } from "../schemas.js";

/** An account and its slots with Merkle proofs against the state root (EIP-1186). */
export const ethGetProof = defineMethod({
  name: "eth_getProof",
  params: z.tuple([addressParam, z.array(slotParam).max(1024), blockOrLatest]),
  handle(context, [address, slots, ref]) {
    const state = context.chain.state(requireBlock(context, ref).hash);
    return proofJson(address, proofOf(state, address, slots));
  },
});
