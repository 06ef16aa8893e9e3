import { z } from "zod";
import type { ChainBlock } from "../../chain/index.js";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";

/** Where the chain stands: head, safe and finalized block, and the size of the note tree. */
export const seroHead = defineMethod({
  name: "sero_head",
  params: z.tuple([]),
  handle({ chain, store, engine }): Json {
    const head = chain.head();
    return {
      head: blockJson(head),
      safe: blockJson(chain.safe()),
      finalized: blockJson(chain.finalized()),
      leafCount: quantity(store.tree(head.hash)?.count ?? 0n),
      syncing: engine.isSyncing(),
    };
  },
});

function blockJson({ hash, number, header }: ChainBlock): Json {
  return {
    number: quantity(number),
    hash: data(hash),
    timestamp: quantity(header.timestamp),
    stateRoot: data(header.stateRoot),
  };
}
