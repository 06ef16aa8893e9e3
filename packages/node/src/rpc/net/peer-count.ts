import { z } from "zod";
import { defineMethod } from "../method.js";

/** How many peers the node has. */
export const netPeerCount = defineMethod({ name: "net_peerCount", params: z.tuple([]), handle: () => "0x0" });
