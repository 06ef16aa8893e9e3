import type { EthAddress } from "@sero/protocol";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import type { RpcContext } from "../context.js";
import { data, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { outcomeError } from "../simulation.js";

/** Runs a call on a block's public state and throws what it wrote away. */
export const ethCall = defineMethod({
  name: "eth_call",
  // Overrides of state and block are not offered; a client that sends none is served.
  params: z.tuple([callParam, blockOrLatest]),
  handle: async (context: RpcContext, [call, ref]): Promise<Json> => {
    const block = requireBlock(context, ref);
    const limit = context.spec.gasLimit;
    const outcome = await context.simulator.call(block, {
      gas: call.gas !== undefined && call.gas < limit ? call.gas : limit,
      ...(call.from && { from: call.from as EthAddress }),
      ...(call.to && { to: call.to as EthAddress }),
      ...(call.data && { data: call.data }),
      ...(call.value !== undefined && { value: call.value }),
    });
    if (!outcome.ok) throw outcomeError(outcome);
    return data(outcome.output);
  },
});
