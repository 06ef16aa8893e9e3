import type { EthAddress } from "@sero/protocol";
import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { intrinsicGasAround, phaseRequestOf } from "../phase-request.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { outcomeError } from "../simulation.js";

/**
 * Gas of the smallest transaction whose call phase sends this message from a pseudonym that brings its value: intrinsic gas and gas limit,
 * with the returns of what the message brings (protocol, section 6).
 */
export const ethEstimateGas = defineMethod({
  name: "eth_estimateGas",
  params: z.tuple([callParam, blockOrLatest]),
  async handle(context, [call, ref], { source }) {
    const block = requireBlock(context, ref);
    const { spec } = context;
    const { to, value, data, gas } = call;
    const from = call.from ?? (new Uint8Array(20) as EthAddress);
    const request = phaseRequestOf({ from, calls: [{ to, value, data }], gas }, spec);
    const report = await context.workbench.run(source, () => context.simulator.phase(block, request));
    if (report.failure) throw outcomeError(report.failure);
    const notes = report.suggested.reduce((sum, { count }) => sum + count, 0);
    return quantity(intrinsicGasAround(request.calls, Math.max(1, notes), spec) + report.gasLimit);
  },
});
