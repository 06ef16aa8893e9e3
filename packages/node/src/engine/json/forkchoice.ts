import { MAX_WITHDRAWALS } from "@sero/execution";
import { SeroError, type EthAddress } from "@sero/protocol";
import { z } from "zod";
import { data, type Json } from "../../rpc/json.js";
import { addressParam, hashParam } from "../../rpc/schemas.js";
import type { ForkchoiceResult, ForkchoiceState, PayloadAttributes, PayloadStatus } from "../types.js";
import { exactly, uint64Param, withdrawalParam } from "./payload.js";

/** ForkchoiceStateV1. */
export const forkchoiceStateV1 = z
  .object({ headBlockHash: hashParam, safeBlockHash: hashParam, finalizedBlockHash: hashParam })
  .transform((state): ForkchoiceState => ({
    head: state.headBlockHash,
    safe: state.safeBlockHash,
    finalized: state.finalizedBlockHash,
  }));

const fieldsV2 = {
  timestamp: uint64Param,
  prevRandao: hashParam,
  suggestedFeeRecipient: addressParam,
  withdrawals: z.array(withdrawalParam).max(MAX_WITHDRAWALS),
};

const attributesV2 = exactly({ ...fieldsV2, parentBeaconBlockRoot: z.undefined().optional() });
const attributesV3 = exactly({ ...fieldsV2, parentBeaconBlockRoot: hashParam });

/**
 * PayloadAttributesV2 or V3 of parsed JSON.
 *
 * @throws SeroError `engine/invalid-payload-attributes` for anything else, as for the other version
 */
export function readAttributes(value: unknown, version: 2 | 3): PayloadAttributes {
  const parsed = (version === 2 ? attributesV2 : attributesV3).safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join(".") ?? "";
    throw new SeroError(
      "engine/invalid-payload-attributes",
      `These are no PayloadAttributesV${version}: ${field === "" ? "" : `${field}: `}${issue?.message ?? "wrong"}.`,
      { field },
    );
  }
  const { timestamp, prevRandao, suggestedFeeRecipient, withdrawals, parentBeaconBlockRoot } = parsed.data;
  return {
    timestamp,
    prevRandao,
    feeRecipient: suggestedFeeRecipient as EthAddress,
    withdrawals,
    parentBeaconRoot: parentBeaconBlockRoot,
  };
}

/** PayloadStatusV1. */
export function payloadStatusJson(status: PayloadStatus): Json {
  const latest = "latestValidHash" in status ? status.latestValidHash : undefined;
  return {
    status: status.status,
    latestValidHash: latest ? data(latest) : null,
    validationError: status.status === "INVALID" ? status.validationError : null,
  };
}

/** Answer to engine_forkchoiceUpdated. */
export function forkchoiceResultJson(result: ForkchoiceResult): Json {
  return {
    payloadStatus: payloadStatusJson(result.status),
    payloadId: result.payloadId ? data(result.payloadId) : null,
  };
}
