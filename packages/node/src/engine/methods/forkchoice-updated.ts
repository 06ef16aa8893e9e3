import { SeroError, type Fork } from "@sero/protocol";
import { z } from "zod";
import { defineMethod, type RpcMethod } from "../../rpc/method.js";
import { forkchoiceResultJson, forkchoiceStateV1, readAttributes } from "../json/forkchoice.js";
import { requireFork } from "./fork.js";

/** For clients that only move the head: what they would build with it would be a block from before Shanghai, and this chain has none. */
const forkchoiceUpdatedV1 = defineMethod({
  name: "engine_forkchoiceUpdatedV1",
  params: z.tuple([forkchoiceStateV1, z.unknown().optional()]),
  async handle({ engine }, [state, attributes]) {
    const refuse = (): never => {
      throw new SeroError(
        "engine/invalid-payload-attributes",
        "A payload of this chain has withdrawals. Use engine_forkchoiceUpdatedV2 or later to have one built.",
      );
    };
    const unread = attributes ? { read: refuse, check: refuse } : undefined;
    return forkchoiceResultJson(await engine.forkchoiceUpdated(state, unread));
  },
});

function forkchoiceUpdated(version: 2 | 3, from: Fork, to: Fork): RpcMethod {
  return defineMethod({
    name: `engine_forkchoiceUpdatedV${version}`,
    params: z.tuple([forkchoiceStateV1, z.unknown().optional()]),
    async handle({ engine, spec }, [state, given]) {
      const isGiven = given !== null && given !== undefined;
      const attributes = isGiven && {
        read: () => readAttributes(given, version),
        check: (timestamp: bigint) => requireFork(spec, timestamp, from, to),
      };
      return forkchoiceResultJson(await engine.forkchoiceUpdated(state, attributes || undefined));
    },
  });
}

/** engine_forkchoiceUpdated by version. Any of them moves the head to a block of any fork; what they build differs. */
export const FORKCHOICE_METHODS: readonly RpcMethod[] = [
  forkchoiceUpdatedV1,
  forkchoiceUpdated(2, "shanghai", "shanghai"),
  forkchoiceUpdated(3, "cancun", "osaka"),
];
