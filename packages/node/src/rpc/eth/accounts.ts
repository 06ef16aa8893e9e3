import { z } from "zod";
import { defineMethod } from "../method.js";

/** No accounts: the node holds nobody's keys. */
export const ethAccounts = defineMethod({ name: "eth_accounts", params: z.tuple([]), handle: () => [] });
