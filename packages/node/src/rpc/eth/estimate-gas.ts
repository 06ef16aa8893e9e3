import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { messageOf, ordinaryIntrinsicGas, outcomeError } from "../simulation.js";

/** Gas with which a call succeeds. While call phases are not active (protocol, section 6) it is that of an ordinary message. */
export const ethEstimateGas = defineMethod({
  name: "eth_estimateGas",
  params: z.tuple([callParam, blockOrLatest]),
  async handle(context, [call, ref], { source }) {
    const block = requireBlock(context, ref);
    const outcome = await context.workbench.run(source, () =>
      context.simulator.leastGas(block, messageOf(call, context.spec)),
    );
    if (!outcome.ok) throw outcomeError(outcome);
    return quantity(ordinaryIntrinsicGas(call.data, call.to === undefined) + outcome.gas);
  },
});
