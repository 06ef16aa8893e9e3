import { z } from "zod";
import { defineMethod } from "../method.js";

/** The chain id as a decimal string. */
export const netVersion = defineMethod({
  name: "net_version",
  params: z.tuple([]),
  handle: ({ spec }) => spec.chainId.toString(),
});
