import { POOL_ADDRESS, rulesId, specToJson } from "@sero/protocol";
import { z } from "zod";
import { data, type Json } from "../json.js";
import { defineMethod } from "../method.js";

/** Which chain this is: its spec, genesis, the rules of the next block and the program that serves it. */
export const seroChain = defineMethod({
  name: "sero_chain",
  params: z.tuple([]),
  handle: (context): Json => ({
    spec: { ...specToJson(context.spec) },
    genesisHash: data(context.genesisHash),
    rulesId: data(rulesId(context.spec, context.chain.head().header.timestamp + 1n)),
    clientVersion: context.clientVersion,
    poolAddress: data(POOL_ADDRESS),
  }),
});
