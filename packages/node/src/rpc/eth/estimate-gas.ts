import type { EthAddress } from "@sero/protocol";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { outcomeError, ordinaryIntrinsicGas } from "../simulation.js";

/** Gas with which a call succeeds. While call phases are not active (protocol, section 6) it is that of an ordinary message. */
export const ethEstimateGas = defineMethod({
  name: "eth_estimateGas",
  params: z.tuple([callParam, blockOrLatest]),
  async handle(context, [call, ref]) {
    const block = requireBlock(context, ref);
    const limit = context.spec.gasLimit;
    const outcome = await context.simulator.leastGas(block, {
      gas: call.gas !== undefined && call.gas < limit ? call.gas : limit,
      ...(call.from && { from: call.from as EthAddress }),
      ...(call.to && { to: call.to as EthAddress }),
      ...(call.data && { data: call.data }),
      ...(call.value !== undefined && { value: call.value }),
    });
    if (!outcome.ok) throw outcomeError(outcome);
    return quantity(ordinaryIntrinsicGas(call.data, call.to === undefined) + outcome.gas);
  },
});
