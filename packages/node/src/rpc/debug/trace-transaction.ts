import { SeroError } from "@sero/protocol";
import { z } from "zod";
import { openPhaseTracer } from "../../trace/phase-trace.js";
import { bodyOf, describe, findBlock, receiptsOf } from "../blocks.js";
import { receiverBytes, senderOf } from "../format.js";
import { defineMethod } from "../method.js";
import { hashParam } from "../schemas.js";
import { traceOptions } from "../trace-options.js";

/** What a mined transaction's call phase did, message by message or step by step: its block is run again up to it. */
export const debugTraceTransaction = defineMethod({
  name: "debug_traceTransaction",
  params: z.tuple([hashParam, traceOptions]),
  async handle(context, [txid, options], { source }) {
    const place = context.store.place(txid);
    const block = place && findBlock(context, { kind: "number", number: place.number });
    if (!block) throw new SeroError("rpc/not-found", "transaction not found: it is in no block here");
    const tracer = openPhaseTracer(options);
    await context.workbench.run(source, () => context.simulator.replay(block, place.index, tracer.observer));
    const body = bodyOf(context, block);
    const described = describe(context, body.transactions[place.index]!, body.txids[place.index]!);
    const receipts = receiptsOf(context, block);
    const before = receipts[place.index - 1]?.cumulativeGasUsed ?? 0n;
    const detail = context.store.details(block.hash)?.[place.index];
    const first = described.tx.call?.calls[0];
    return tracer.result({
      from: senderOf(described),
      to: receiverBytes(described.tx),
      value: first?.value ?? 0n,
      input: first?.data ?? new Uint8Array(0),
      gas: described.gas,
      gasUsed: receipts[place.index]!.cumulativeGasUsed - before,
      failure: detail?.failure,
    });
  },
});
