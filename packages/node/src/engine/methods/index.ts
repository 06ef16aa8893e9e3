import { toHex } from "@sero/protocol";
import { z } from "zod";
import { defineMethod, type RpcMethod } from "../../rpc/method.js";
import { hashParam, quantityParam } from "../../rpc/schemas.js";
import { NODE_VERSION } from "../../version.js";
import { BODY_METHODS } from "./bodies.js";
import { FORKCHOICE_METHODS } from "./forkchoice-updated.js";
import { GET_PAYLOAD_METHODS } from "./get-payload.js";
import { NEW_PAYLOAD_METHODS } from "./new-payload.js";

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
  ...NEW_PAYLOAD_METHODS,
  ...FORKCHOICE_METHODS,
  ...GET_PAYLOAD_METHODS,
  ...BODY_METHODS,
  exchangeTransitionConfigurationV1,
  getClientVersionV1,
];

const exchangeCapabilities = defineMethod({
  name: "engine_exchangeCapabilities",
  params: z.tuple([z.array(z.string().max(256)).max(1_024)]),
  handle: () => methods.map((method) => method.name),
});

/** Every engine_ method. newPayloadV1 and getPayloadV1 are for blocks from before Shanghai: no chain of ours has any. */
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
