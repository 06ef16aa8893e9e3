import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** False, or where the node is while it waits for blocks that its consensus client named. */
export const ethSyncing = defineMethod({
  name: "eth_syncing",
  params: z.tuple([]),
  handle({ engine, chain }) {
    if (!engine.isSyncing()) return false;
    const number = quantity(chain.head().number);
    return { startingBlock: number, currentBlock: number, highestBlock: number };
  },
});
