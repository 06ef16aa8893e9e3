import { z } from "zod";
import { defineMethod } from "../method.js";
import { findLogs } from "../logs.js";
import { logFilterParam } from "../schemas.js";

/** Events of a block or a range of blocks. */
export const ethGetLogs = defineMethod({
  name: "eth_getLogs",
  params: z.tuple([logFilterParam]),
  handle: (context, [filter]) => findLogs(context, filter),
});
