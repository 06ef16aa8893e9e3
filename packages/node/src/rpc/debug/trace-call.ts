import { z } from "zod";
import { openPhaseTracer } from "../../trace/phase-trace.js";
import { requireBlock } from "../blocks.js";
import { defineMethod } from "../method.js";
import { entryOf, intrinsicGasAround, phaseParam, phaseRequestOf } from "../phase-request.js";
import { blockOrLatest, callParam } from "../schemas.js";
import { traceOptions } from "../trace-options.js";

/** A message as eth_call takes it, or a whole call phase as sero_simulate does. */
const traced = z.union([
  phaseParam,
  callParam.transform(({ from, to, value, data, gas }) => ({
    from: from ?? new Uint8Array(20),
    calls: [{ to, value, data }],
    gas,
  })),
]);

/** What a call phase would do on a block's state, message by message or step by step. */
export const debugTraceCall = defineMethod({
  name: "debug_traceCall",
  params: z.tuple([traced, blockOrLatest, traceOptions]),
  async handle(context, [param, ref, options], { source }) {
    const block = requireBlock(context, ref);
    const asked = phaseRequestOf({ ...param, find: false }, context.spec);
    const tracer = openPhaseTracer(options);
    const { request, report } = await context.workbench.run(source, async () => {
      // Inferring returns takes more than one run, and the tracer is to see one.
      const found = asked.returns === "infer" ? (await context.simulator.phase(block, asked)).suggested : undefined;
      const request = found ? { ...asked, returns: found.map(entryOf) } : asked;
      return { request, report: await context.simulator.phase(block, request, tracer.observer) };
    });
    const first = request.calls[0];
    const intrinsic = intrinsicGasAround(request.calls, 1, context.spec);
    return tracer.result({
      from: request.pseudonym,
      to: first?.to,
      value: first?.value ?? 0n,
      input: first?.data ?? new Uint8Array(0),
      gas: intrinsic + request.gasLimit,
      gasUsed: intrinsic + report.gasUsed,
      failure: report.failure,
    });
  },
});
