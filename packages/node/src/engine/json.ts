import { EMPTY_OMMERS_HASH, transactionsRoot, withdrawalsRoot, type Header, type Withdrawal } from "@sero/execution";
import type { BlockHash, EthAddress } from "@sero/protocol";
import { z } from "zod";
import { data, quantity, type Json } from "../rpc/json.js";
import { addressParam, bytesParam, hashParam, quantityParam } from "../rpc/schemas.js";
import type {
  BuiltPayload,
  ForkchoiceResult,
  ForkchoiceState,
  Payload,
  PayloadAttributes,
  PayloadStatus,
} from "./types.js";

const withdrawalParam = z
  .object({ index: quantityParam, validatorIndex: quantityParam, address: addressParam, amount: quantityParam })
  .transform((w): Withdrawal => ({ ...w, address: w.address as EthAddress }));

const payloadFields = {
  parentHash: hashParam,
  feeRecipient: addressParam,
  stateRoot: hashParam,
  receiptsRoot: hashParam,
  logsBloom: bytesParam.refine((bytes) => bytes.length === 256, "256 bytes"),
  prevRandao: hashParam,
  blockNumber: quantityParam,
  gasLimit: quantityParam,
  gasUsed: quantityParam,
  timestamp: quantityParam,
  extraData: bytesParam.refine((bytes) => bytes.length <= 32, "at most 32 bytes"),
  baseFeePerGas: quantityParam,
  blockHash: hashParam,
  transactions: z.array(bytesParam),
};

/** ExecutionPayloadV2. Our chains are Shanghai's from genesis on, so a payload without withdrawals (V1) is not one of theirs. */
export const executionPayloadV2 = z
  .object({ ...payloadFields, withdrawals: z.array(withdrawalParam) })
  .transform(payloadOf);

/** ForkchoiceStateV1. */
export const forkchoiceStateV1 = z
  .object({ headBlockHash: hashParam, safeBlockHash: hashParam, finalizedBlockHash: hashParam })
  .transform((state): ForkchoiceState => ({
    head: state.headBlockHash,
    safe: state.safeBlockHash,
    finalized: state.finalizedBlockHash,
  }));

/** PayloadAttributesV2. */
export const payloadAttributesV2 = z
  .object({
    timestamp: quantityParam,
    prevRandao: hashParam,
    suggestedFeeRecipient: addressParam,
    withdrawals: z.array(withdrawalParam),
  })
  .transform((attributes): PayloadAttributes => ({
    timestamp: attributes.timestamp,
    prevRandao: attributes.prevRandao,
    feeRecipient: attributes.suggestedFeeRecipient as EthAddress,
    withdrawals: attributes.withdrawals,
  }));

/** The header that a payload stands for: its own fields, and those that are the same in every block under proof of stake. */
function payloadOf(payload: z.output<z.ZodObject<typeof payloadFields>> & { withdrawals: Withdrawal[] }): Payload {
  const header: Header = {
    parentHash: payload.parentHash as BlockHash,
    ommersHash: EMPTY_OMMERS_HASH,
    feeRecipient: payload.feeRecipient as EthAddress,
    stateRoot: payload.stateRoot,
    transactionsRoot: transactionsRoot(payload.transactions),
    receiptsRoot: payload.receiptsRoot,
    logsBloom: payload.logsBloom,
    difficulty: 0n,
    number: payload.blockNumber,
    gasLimit: payload.gasLimit,
    gasUsed: payload.gasUsed,
    timestamp: payload.timestamp,
    extraData: payload.extraData,
    prevRandao: payload.prevRandao,
    nonce: new Uint8Array(8),
    baseFee: payload.baseFeePerGas,
    withdrawalsRoot: withdrawalsRoot(payload.withdrawals),
    cancun: undefined,
  };
  const { transactions, withdrawals } = payload;
  return { hash: payload.blockHash as BlockHash, block: { header, transactions, withdrawals } };
}

/** ExecutionPayloadV2 as JSON. */
export function payloadJson({ hash, block }: Payload): Json {
  const { header } = block;
  return {
    parentHash: data(header.parentHash),
    feeRecipient: data(header.feeRecipient),
    stateRoot: data(header.stateRoot),
    receiptsRoot: data(header.receiptsRoot),
    logsBloom: data(header.logsBloom),
    prevRandao: data(header.prevRandao),
    blockNumber: quantity(header.number),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    extraData: data(header.extraData),
    baseFeePerGas: quantity(header.baseFee),
    blockHash: data(hash),
    transactions: block.transactions.map(data),
    withdrawals: block.withdrawals.map(withdrawalJson),
  };
}

/** Answer to engine_getPayloadV2. */
export function builtPayloadJson(built: BuiltPayload): Json {
  return { executionPayload: payloadJson(built), blockValue: quantity(built.value) };
}

/** WithdrawalV1. */
export function withdrawalJson(withdrawal: Withdrawal): Json {
  return {
    index: quantity(withdrawal.index),
    validatorIndex: quantity(withdrawal.validatorIndex),
    address: data(withdrawal.address),
    amount: quantity(withdrawal.amount),
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
