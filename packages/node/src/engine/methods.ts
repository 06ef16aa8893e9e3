import { SeroError, toHex } from "@sero/protocol";
import { z } from "zod";
import { data, type Json } from "../rpc/json.js";
import { defineMethod, type RpcMethod } from "../rpc/method.js";
import { bytesParam, hashParam, quantityParam } from "../rpc/schemas.js";
import { NODE_VERSION } from "../version.js";
import {
  builtPayloadJson,
  executionPayloadV2,
  forkchoiceResultJson,
  forkchoiceStateV1,
  payloadAttributesV2,
  payloadStatusJson,
  withdrawalJson,
} from "./json.js";

/** Bodies that one request may ask for (Engine API, shanghai.md: at least 32). */
const MAX_BODIES = 128n;

const payloadId = bytesParam.refine((bytes) => bytes.length === 8, "8 bytes");

const newPayloadV2 = defineMethod({
  name: "engine_newPayloadV2",
  params: z.tuple([executionPayloadV2]),
  handle: async ({ engine }, [payload]) => payloadStatusJson(await engine.newPayload(payload)),
});

const forkchoiceUpdatedV2 = defineMethod({
  name: "engine_forkchoiceUpdatedV2",
  params: z.tuple([forkchoiceStateV1, payloadAttributesV2.nullish()]),
  handle: async ({ engine }, [state, attributes]) =>
    forkchoiceResultJson(await engine.forkchoiceUpdated(state, attributes ?? undefined)),
});

const getPayloadV2 = defineMethod({
  name: "engine_getPayloadV2",
  params: z.tuple([payloadId]),
  handle: async ({ engine }, [id]) => builtPayloadJson(await engine.getPayload(id)),
});

const getPayloadBodiesByHashV1 = defineMethod({
  name: "engine_getPayloadBodiesByHashV1",
  params: z.tuple([z.array(hashParam)]),
  handle({ store }, [hashes]) {
    requireAtMost(BigInt(hashes.length));
    return hashes.map((hash) => bodyJson(store.body(hash)));
  },
});

const getPayloadBodiesByRangeV1 = defineMethod({
  name: "engine_getPayloadBodiesByRangeV1",
  params: z.tuple([quantityParam, quantityParam]),
  handle({ store, chain }, [start, count]) {
    if (start < 1n || count < 1n) throw new SeroError("rpc/params", "Start and count must be at least 1.");
    requireAtMost(count);
    const bodies: Json[] = [];
    // Nothing is answered for numbers above the head (shanghai.md).
    for (let number = start; number < start + count && number <= chain.head().number; number++) {
      const hash = store.canonicalHash(number);
      bodies.push(bodyJson(hash && store.body(hash)));
    }
    return bodies;
  },
});

const exchangeTransitionConfigurationV1 = defineMethod({
  name: "engine_exchangeTransitionConfigurationV1",
  params: z.tuple([
    z.object({
      terminalTotalDifficulty: quantityParam,
      terminalBlockHash: hashParam,
      terminalBlockNumber: quantityParam,
    }),
  ]),
  // Proof of stake from genesis on: the transition lies at difficulty 0.
  handle: () => ({
    terminalTotalDifficulty: "0x0",
    terminalBlockHash: toHex(new Uint8Array(32)),
    terminalBlockNumber: "0x0",
  }),
});

const getClientVersionV1 = defineMethod({
  name: "engine_getClientVersionV1",
  params: z.tuple([z.unknown().optional()]),
  handle: () => [{ code: "SE", name: "SERO", version: NODE_VERSION, commit: "0x00000000" }],
});

const methods: readonly RpcMethod[] = [
  newPayloadV2,
  forkchoiceUpdatedV2,
  getPayloadV2,
  getPayloadBodiesByHashV1,
  getPayloadBodiesByRangeV1,
  exchangeTransitionConfigurationV1,
  getClientVersionV1,
];

const exchangeCapabilities = defineMethod({
  name: "engine_exchangeCapabilities",
  params: z.tuple([z.array(z.string())]),
  handle: () => methods.map((method) => method.name),
});

/** Every engine_ method. V1 of the payload methods is for chains before Shanghai, V3 and later for after Cancun: neither is ours yet. */
export const ENGINE_METHODS: readonly RpcMethod[] = [...methods, exchangeCapabilities];

/** The eth_ methods that a consensus client may call on the engine port (Engine API, common.md). */
export const ENGINE_ETH_METHODS: readonly string[] = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_getCode",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getLogs",
  "eth_sendRawTransaction",
  "eth_syncing",
];

function requireAtMost(count: bigint): void {
  if (count > MAX_BODIES) {
    throw new SeroError("engine/too-large", `Ask for at most ${MAX_BODIES} bodies at a time.`, {
      count: count.toString(),
    });
  }
}

function bodyJson(
  body:
    { transactions: readonly Uint8Array[]; withdrawals: readonly Parameters<typeof withdrawalJson>[0][] } | undefined,
): Json {
  if (!body) return null;
  return { transactions: body.transactions.map(data), withdrawals: body.withdrawals.map(withdrawalJson) };
}
