import { z } from "zod";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { bytesParam } from "../schemas.js";

/** Takes in a transaction of type 0x5e and answers its txid once its proofs are verified. */
export const ethSendRawTransaction = defineMethod({
  name: "eth_sendRawTransaction",
  params: z.tuple([bytesParam]),
  handle: async ({ submit }, [bytes], { source }) => data(await submit(bytes, source)),
});
