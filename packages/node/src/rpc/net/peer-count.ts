import { z } from "zod";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";

/** How many peers of this chain the node is connected to. */
export const netPeerCount = defineMethod({
  name: "net_peerCount",
  params: z.tuple([]),
  handle: ({ peers }) => quantity(peers?.peers().length ?? 0),
});
