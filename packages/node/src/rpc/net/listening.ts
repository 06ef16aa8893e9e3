import { z } from "zod";
import { defineMethod } from "../method.js";

/** Whether the node takes connections from peers. */
export const netListening = defineMethod({
  name: "net_listening",
  params: z.tuple([]),
  handle: ({ peers }) => peers?.listening() ?? false,
});
