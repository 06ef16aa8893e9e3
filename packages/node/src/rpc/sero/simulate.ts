import { z } from "zod";
import { requireBlock } from "../blocks.js";
import { defineMethod } from "../method.js";
import { phaseParam, phaseRequestOf } from "../phase-request.js";
import { reportJson } from "../phase-report.js";
import { blockOrLatest } from "../schemas.js";

/**
 * Tries a call phase out on a block's public state: what moves, what would stay on the pseudonym, which returns it needs and how much gas.
 * A phase that fails is an answer, not an error.
 */
export const seroSimulate = defineMethod({
  name: "sero_simulate",
  params: z.tuple([phaseParam, blockOrLatest]),
  async handle(context, [param, ref], { source }) {
    const block = requireBlock(context, ref);
    const request = phaseRequestOf(param, context.spec);
    const report = await context.workbench.run(source, () => context.simulator.phase(block, request));
    return reportJson(report, request, context.spec);
  },
});
