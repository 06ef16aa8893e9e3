import { z } from "zod";
import { requireBlock } from "../blocks.js";
import type { RpcContext } from "../context.js";
import { data, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { messageOf, outcomeError } from "../simulation.js";

/** Runs a call on a block's public state and throws what it wrote away. */
export const ethCall = defineMethod({
  name: "eth_call",
  // Overrides of state and block are not offered; a client that sends none is served.
  params: z.tuple([callParam, blockOrLatest]),
  handle: async (context: RpcContext, [call, ref], { source }): Promise<Json> => {
    const block = requireBlock(context, ref);
    const outcome = await context.workbench.run(source, () =>
      context.simulator.call(block, messageOf(call, context.spec)),
    );
    if (!outcome.ok) throw outcomeError(outcome);
    return data(outcome.output);
  },
});
