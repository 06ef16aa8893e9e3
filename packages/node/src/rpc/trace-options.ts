import { z } from "zod";
import type { TraceOptions } from "../trace/phase-trace.js";

/** The options object of debug_traceTransaction and debug_traceCall, as geth takes it. Tracers in JavaScript are not run. */
export const traceOptions = z
  .object({
    tracer: z.literal("callTracer", 'only "callTracer", or none for every step').nullish(),
    tracerConfig: z.object({ onlyTopCall: z.boolean().nullish() }).loose().nullish(),
    disableStack: z.boolean().nullish(),
    disableStorage: z.boolean().nullish(),
    enableMemory: z.boolean().nullish(),
    limit: z.number().int().nonnegative().nullish(),
  })
  .loose()
  .optional()
  .transform((options): TraceOptions => ({
    tracer: options?.tracer ?? undefined,
    onlyTopCall: options?.tracerConfig?.onlyTopCall ?? undefined,
    disableStack: options?.disableStack ?? undefined,
    disableStorage: options?.disableStorage ?? undefined,
    enableMemory: options?.enableMemory ?? undefined,
    limit: options?.limit ?? undefined,
  }));
