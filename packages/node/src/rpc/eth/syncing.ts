import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** False, or where the node is while it waits for blocks that its consensus client named. */
export const ethSyncing = defineMethod({
  name: "eth_syncing",
  params: z.tuple([]),
  handle({ engine, chain, sync }) {
    const progress = sync?.progress();
    if (!progress && !engine.isSyncing()) return false;
    const head = chain.head().number;
    const { startingBlock, currentBlock, highestBlock } = progress ?? {
      startingBlock: head,
      currentBlock: head,
      highestBlock: head,
    };
    return {
      startingBlock: quantity(startingBlock),
      currentBlock: quantity(currentBlock),
      highestBlock: quantity(highestBlock),
    };
  },
});
