import { z } from "zod";
import type { RpcContext } from "../../rpc/context.js";
import type { Json } from "../../rpc/json.js";
import { defineMethod } from "../../rpc/method.js";
import { bytesParam, hashParam } from "../../rpc/schemas.js";
import { payloadStatusJson } from "../json/forkchoice.js";
import { executionPayloadV2, executionPayloadV3, payloadV2, payloadV3, type Beside } from "../json/payload.js";
import { requireFork } from "./fork.js";

const newPayloadV2 = defineMethod({
  name: "engine_newPayloadV2",
  params: z.tuple([executionPayloadV2]),
  async handle({ engine, spec }, [fields]) {
    requireFork(spec, fields.timestamp, "shanghai");
    return payloadStatusJson(await engine.newPayload(payloadV2(fields)));
  },
});

const versionedHashes = z.array(hashParam).max(1_024);

/** No transaction of this chain carries blobs, so that any expected hash is one too many, whether the parent is known or not (cancun.md). */
async function withoutBlobs(
  { engine }: RpcContext,
  fields: z.output<typeof executionPayloadV3>,
  expected: readonly Uint8Array[],
  beside: Beside,
): Promise<Json> {
  if (expected.length > 0) {
    const validationError = "block/blobs: Blob hashes are expected, but transactions of this chain have none.";
    return payloadStatusJson({ status: "INVALID", latestValidHash: undefined, validationError });
  }
  return payloadStatusJson(await engine.newPayload(payloadV3(fields, beside)));
}

const newPayloadV3 = defineMethod({
  name: "engine_newPayloadV3",
  params: z.tuple([executionPayloadV3, versionedHashes, hashParam]),
  async handle(context, [fields, expected, parentBeaconRoot]) {
    requireFork(context.spec, fields.timestamp, "cancun");
    return withoutBlobs(context, fields, expected, { parentBeaconRoot });
  },
});

/** EIP-7685's list as prague.md wants it: each with data, types rising. */
const executionRequests = z
  .array(bytesParam)
  .max(256)
  .refine((list) => list.every((request) => request.length > 1), "requests with data after their type byte")
  .refine(
    (list) => list.every((request, i) => i === 0 || request[0]! > list[i - 1]![0]!),
    "requests of rising types, each type once",
  );

const newPayloadV4 = defineMethod({
  name: "engine_newPayloadV4",
  params: z.tuple([executionPayloadV3, versionedHashes, hashParam, executionRequests]),
  async handle(context, [fields, expected, parentBeaconRoot, requests]) {
    requireFork(context.spec, fields.timestamp, "prague", "osaka");
    return withoutBlobs(context, fields, expected, { parentBeaconRoot, requests });
  },
});

/** engine_newPayload by version. */
export const NEW_PAYLOAD_METHODS = [newPayloadV2, newPayloadV3, newPayloadV4];
