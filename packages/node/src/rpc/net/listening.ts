import { z } from "zod";
import { defineMethod } from "../method.js";

/** Whether the node takes connections from peers: there is no peer-to-peer network yet. */
export const netListening = defineMethod({ name: "net_listening", params: z.tuple([]), handle: () => false });
