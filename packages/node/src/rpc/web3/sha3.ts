import { keccak256 } from "@sero/protocol";
import { z } from "zod";
import { data } from "../json.js";
import { defineMethod } from "../method.js";
import { bytesParam } from "../schemas.js";

/** keccak256 of bytes. */
export const web3Sha3 = defineMethod({
  name: "web3_sha3",
  params: z.tuple([bytesParam]),
  handle: (_context, [bytes]) => data(keccak256(bytes)),
});
