import {
  EMPTY_OMMERS_HASH,
  MAX_WITHDRAWALS,
  requestsHashOf,
  transactionsRoot,
  withdrawalsRoot,
  type Header,
  type Withdrawal,
} from "@sero/execution";
import type { BlockHash, EthAddress } from "@sero/protocol";
import { z } from "zod";
import { data, quantity, type Json } from "../../rpc/json.js";
import { addressParam, bytesParam, hashParam, quantityParam } from "../../rpc/schemas.js";
import type { BuiltPayload, Payload } from "../types.js";

/** QUANTITY, 64 bits. */
export const uint64Param = quantityParam.refine((value) => value >> 64n === 0n, "a number below 2^64");

/** WithdrawalV1. */
export const withdrawalParam = z
  .object({ index: uint64Param, validatorIndex: uint64Param, address: addressParam, amount: uint64Param })
  .transform((withdrawal): Withdrawal => ({ ...withdrawal, address: withdrawal.address as EthAddress }));

const fieldsV2 = {
  parentHash: hashParam,
  feeRecipient: addressParam,
  stateRoot: hashParam,
  receiptsRoot: hashParam,
  logsBloom: bytesParam.refine((bytes) => bytes.length === 256, "256 bytes"),
  prevRandao: hashParam,
  blockNumber: uint64Param,
  gasLimit: uint64Param,
  gasUsed: uint64Param,
  timestamp: uint64Param,
  extraData: bytesParam.refine((bytes) => bytes.length <= 32, "at most 32 bytes"),
  baseFeePerGas: quantityParam,
  blockHash: hashParam,
  transactions: z.array(bytesParam),
  withdrawals: z.array(withdrawalParam).max(MAX_WITHDRAWALS),
};

/** Fields that are null count as not given (cancun.md); all others must be those of the version. */
export function exactly<T extends z.ZodRawShape>(fields: T) {
  return z.preprocess(
    (value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
        : value,
    z.strictObject(fields),
  );
}

/** ExecutionPayloadV2. Our chains are Shanghai's from genesis on, so a payload without withdrawals (V1) is not one of theirs. */
export const executionPayloadV2 = exactly(fieldsV2);
/** ExecutionPayloadV3. */
export const executionPayloadV3 = exactly({ ...fieldsV2, blobGasUsed: uint64Param, excessBlobGas: uint64Param });

type FieldsV2 = z.output<typeof executionPayloadV2>;
type FieldsV3 = z.output<typeof executionPayloadV3>;

/** What the consensus client hands over beside a payload, because it is in the header. */
export interface Beside {
  readonly parentBeaconRoot: Uint8Array;
  /** From Prague on. */
  readonly requests?: readonly Uint8Array[];
}

/** The block that a payload of Shanghai stands for: its own fields, and those that are the same in every block under proof of stake. */
export const payloadV2 = (fields: FieldsV2): Payload => payloadOf(fields, undefined, undefined);

/** The block that a payload of Cancun or later stands for. */
export function payloadV3(fields: FieldsV3, { parentBeaconRoot, requests }: Beside): Payload {
  const { blobGasUsed, excessBlobGas } = fields;
  return payloadOf(fields, { blobGasUsed, excessBlobGas, parentBeaconRoot }, requests && requestsHashOf(requests));
}

function payloadOf(payload: FieldsV2, cancun: Header["cancun"], requestsHash: Uint8Array | undefined): Payload {
  const { transactions, withdrawals } = payload;
  const header: Header = {
    parentHash: payload.parentHash as BlockHash,
    ommersHash: EMPTY_OMMERS_HASH,
    feeRecipient: payload.feeRecipient as EthAddress,
    stateRoot: payload.stateRoot,
    transactionsRoot: transactionsRoot(transactions),
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
    withdrawalsRoot: withdrawalsRoot(withdrawals),
    cancun,
    requestsHash,
  };
  return { hash: payload.blockHash as BlockHash, block: { header, transactions, withdrawals } };
}

/** ExecutionPayloadV2 or, for a block of Cancun or later, V3. */
export function payloadJson({ hash, block }: Payload): { readonly [key: string]: Json } {
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
    ...(header.cancun && {
      blobGasUsed: quantity(header.cancun.blobGasUsed),
      excessBlobGas: quantity(header.cancun.excessBlobGas),
    }),
  };
}

/** Answer to engine_getPayload: the fields that `version` adds to payload and value. There are no blobs, so both forms of the bundle look the same. */
export function builtPayloadJson(built: BuiltPayload, version: number): Json {
  return {
    executionPayload: payloadJson(built),
    blockValue: quantity(built.value),
    ...(version >= 3 && { blobsBundle: { commitments: [], proofs: [], blobs: [] }, shouldOverrideBuilder: false }),
    ...(version >= 4 && { executionRequests: built.requests.map(data) }),
  };
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
