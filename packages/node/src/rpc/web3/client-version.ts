import { z } from "zod";
import { defineMethod } from "../method.js";

/** Name and version of this program. */
export const web3ClientVersion = defineMethod({
  name: "web3_clientVersion",
  params: z.tuple([]),
  handle: (context) => context.clientVersion,
});
