import { poolTotals } from "@sero/execution";
import { COIN, fieldToBytes } from "@sero/protocol";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockOrLatest } from "../schemas.js";

/** What lies in the Pool by its public counters: how much of each asset may leave, and what somebody gave without a note. */
export const seroPoolTotals = defineMethod({
  name: "sero_poolTotals",
  params: z.tuple([blockOrLatest]),
  handle(context, [ref]): Json {
    const block = requireBlock(context, ref);
    const totals = poolTotals(context.chain.state(block.hash));
    const supply = context.spec.genesisNotes.reduce((sum, note) => sum + note.value, 0n);
    return {
      number: quantity(block.number),
      hash: data(block.hash),
      genesisSupply: quantity(supply),
      balance: quantity(totals.balance),
      surplus: quantity(totals.surplus),
      leafCount: quantity(totals.leafCount),
      assets: [{ asset: data(fieldToBytes(COIN)), counter: quantity(totals.coin) }],
    };
  },
});
