import { encodeBlock, type Log } from "@sero/execution";
import { fieldToBytes, POOL_ADDRESS, type Transaction } from "@sero/protocol";
import type { ChainBlock } from "../chain/index.js";
import { withdrawalJson } from "../engine/json/payload.js";
import type { StoredBody } from "../store/index.js";
import { bloomOfReceipt, bodyOf, describe, receiptsOf, type DescribedTransaction } from "./blocks.js";
import type { RpcContext } from "./context.js";
import { data, quantity, type Json } from "./json.js";
import type { PlacedLog } from "./logs.js";
import { callPhaseJson, failureJson, packageJson } from "./phase-json.js";

const ZERO = "0x0";
const ZERO_WORD = `0x${"00".repeat(32)}`;

/** Where a transaction stands; undefined while it waits. */
export interface Place {
  readonly block: ChainBlock;
  readonly index: number;
}

/**
 * Who a transaction is shown as coming from. A payment has no sender to show: the first 20 bytes of its txid stand there, so that no two
 * transactions share sender and nonce, which is what viem and ethers take for a replacement. A call shows its pseudonym.
 */
export function senderOf({ tx, txid }: DescribedTransaction): Uint8Array {
  return tx.call?.pseudonym ?? txid.subarray(0, 20);
}

/** Where a transaction is shown as going to: what its first call names, undefined if that creates; the Pool if it calls nothing. */
export function receiverBytes({ call }: Transaction): Uint8Array | undefined {
  const first = call?.calls[0];
  return first ? first.to : POOL_ADDRESS;
}

function receiverOf(tx: Transaction): string | null {
  const to = receiverBytes(tx);
  return to ? data(to) : null;
}

/** A transaction of type 0x5e in the Ethereum JSON-RPC's form, with what is particular to it under `sero`. */
export function transactionJson(context: RpcContext, described: DescribedTransaction, place: Place | undefined): Json {
  const { tx, txid, price, gas } = described;
  const first = tx.call?.calls[0];
  return {
    type: "0x5e",
    hash: data(txid),
    chainId: quantity(context.spec.chainId),
    nonce: quantity(tx.call?.nonce ?? 0n),
    blockHash: place ? data(place.block.hash) : null,
    blockNumber: place ? quantity(place.block.number) : null,
    transactionIndex: place ? quantity(place.index) : null,
    from: data(senderOf(described)),
    to: receiverOf(tx),
    value: quantity(first?.value ?? 0n),
    input: first ? data(first.data) : "0x",
    gas: quantity(gas),
    gasPrice: quantity(price),
    maxFeePerGas: quantity(price),
    maxPriorityFeePerGas: quantity(price - context.spec.baseFee),
    accessList: [],
    v: ZERO,
    r: ZERO_WORD,
    s: ZERO_WORD,
    yParity: ZERO,
    sero: {
      expiry: quantity(tx.expiry),
      priceStep: quantity(tx.priceStep),
      anchor: wordJson(tx.anchor),
      bundles: tx.bundles.map((bundle) => ({
        circuit: quantity(bundle.circuit),
        nullifiers: bundle.nullifiers.map(wordJson),
        commitments: bundle.commitments.map(wordJson),
        pubCoin: quantity(bundle.pubCoin),
        pubAsset: wordJson(bundle.pubAsset),
        pubAmount: quantity(bundle.pubAmount),
      })),
      memoChunks: quantity(tx.memos.length),
      call: tx.call ? callPhaseJson(tx.call) : null,
      packages: tx.packages.map(packageJson),
      size: quantity(described.bytes.length),
    },
  };
}

/** A block in the Ethereum JSON-RPC's form. */
export function blockJson(context: RpcContext, block: ChainBlock, body: StoredBody, full: boolean): Json {
  return {
    ...headerFields(block),
    size: quantity(encodeBlock({ header: block.header, ...body }).length),
    transactions: full
      ? body.transactions.map((bytes, index) =>
          transactionJson(context, describe(context, bytes, body.txids[index]!), { block, index }),
        )
      : body.txids.map(data),
    withdrawals: body.withdrawals.map(withdrawalJson),
  };
}

/** A header as the newHeads subscription sends it. */
export function headerFields(block: ChainBlock): { readonly [key: string]: Json } {
  const { header } = block;
  return {
    number: quantity(block.number),
    hash: data(block.hash),
    parentHash: data(header.parentHash),
    nonce: data(header.nonce),
    sha3Uncles: data(header.ommersHash),
    logsBloom: data(header.logsBloom),
    transactionsRoot: data(header.transactionsRoot),
    stateRoot: data(header.stateRoot),
    receiptsRoot: data(header.receiptsRoot),
    miner: data(header.feeRecipient),
    difficulty: quantity(header.difficulty),
    totalDifficulty: ZERO,
    extraData: data(header.extraData),
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    mixHash: data(header.prevRandao),
    baseFeePerGas: quantity(header.baseFee),
    withdrawalsRoot: data(header.withdrawalsRoot),
    ...(header.cancun && {
      blobGasUsed: quantity(header.cancun.blobGasUsed),
      excessBlobGas: quantity(header.cancun.excessBlobGas),
      parentBeaconBlockRoot: data(header.cancun.parentBeaconRoot),
    }),
    ...(header.requestsHash && { requestsHash: data(header.requestsHash) }),
    uncles: [],
  };
}

/** All receipts of a block in the Ethereum JSON-RPC's form. */
export function receiptsJson(context: RpcContext, block: ChainBlock): Json[] {
  const body = bodyOf(context, block);
  const details = context.store.details(block.hash);
  let logIndex = 0;
  let before = 0n;
  return receiptsOf(context, block).map((receipt, index) => {
    const described = describe(context, body.transactions[index]!, body.txids[index]!);
    const gasUsed = receipt.cumulativeGasUsed - before;
    before = receipt.cumulativeGasUsed;
    const place = { block, txid: described.txid, transactionIndex: index };
    const logs = receipt.logs.map((log) => logJson({ ...place, log, logIndex: logIndex++ }, false));
    const detail = details?.[index];
    const created = receipt.status === 1 && receiverBytes(described.tx) === undefined && detail?.calls[0]?.created;
    return {
      type: "0x5e",
      transactionHash: data(described.txid),
      transactionIndex: quantity(index),
      blockHash: data(block.hash),
      blockNumber: quantity(block.number),
      from: data(senderOf(described)),
      to: receiverOf(described.tx),
      cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
      gasUsed: quantity(gasUsed),
      effectiveGasPrice: quantity(described.price),
      contractAddress: created ? data(created) : null,
      logs,
      logsBloom: data(bloomOfReceipt(receipt)),
      status: quantity(receipt.status),
      sero: {
        fee: quantity(gasUsed * described.price),
        calls: (detail?.calls ?? []).map((call) => ({
          gasUsed: quantity(call.gasUsed),
          created: call.created ? data(call.created) : null,
        })),
        failure: detail?.failure ? failureJson(detail.failure) : null,
      },
    };
  });
}

/** One log in the Ethereum JSON-RPC's form. */
export function logJson({ log, block, txid, transactionIndex, logIndex }: PlacedLog, removed: boolean): Json {
  return {
    ...bareLogJson(log),
    blockHash: data(block.hash),
    blockNumber: quantity(block.number),
    blockTimestamp: quantity(block.header.timestamp),
    transactionHash: data(txid),
    transactionIndex: quantity(transactionIndex),
    logIndex: quantity(logIndex),
    removed,
  };
}

/** A log without a place: of a simulation. */
export function bareLogJson({ address, topics, data: bytes }: Log): { readonly [key: string]: Json } {
  return { address: data(address), topics: topics.map(data), data: data(bytes) };
}

function wordJson(value: bigint): string {
  return data(fieldToBytes(value));
}
