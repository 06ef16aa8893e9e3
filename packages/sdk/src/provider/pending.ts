import { hexToBigInt } from "viem";
import { toHex } from "@sero/protocol";
import type { ProviderContext } from "./context.js";
import { quantity, type Hex, type Json } from "./json.js";
import type { PendingCall } from "./types.js";

const ZERO_WORD = `0x${"00".repeat(32)}`;

/**
 * A transaction of the wallet's outbox as it will look once it is mined: the node does not know it yet while it is being proved, but whoever sent
 * it asks at once.
 */
export function pendingJson(context: ProviderContext, hash: Hex, pending: PendingCall): Json {
  const { pseudonym, nonce, calls, gasLimit, price } = pending;
  const first = calls[0];
  return {
    type: "0x5e",
    hash,
    chainId: quantity(context.chainId),
    nonce: quantity(nonce),
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
    from: toHex(pseudonym),
    to: first?.to === undefined ? null : toHex(first.to),
    value: quantity(first?.value ?? 0n),
    input: first?.data === undefined ? "0x" : toHex(first.data),
    gas: quantity(gasLimit),
    gasPrice: quantity(price),
    maxFeePerGas: quantity(price),
    maxPriorityFeePerGas: quantity(price - context.wallet.chain.spec.baseFee),
    accessList: [],
    v: "0x0",
    r: ZERO_WORD,
    s: ZERO_WORD,
    yParity: "0x0",
  };
}

/** The nonce after those of the pseudonym's transactions that are under way; 0 if none is. */
export function nextOwnNonce(context: ProviderContext, pseudonym: Hex): bigint {
  return context.wallet.pendingCalls().reduce((next, txid) => {
    const pending = context.wallet.pendingCall(txid);
    if (pending === undefined || toHex(pending.pseudonym) !== pseudonym) return next;
    return pending.nonce >= next ? pending.nonce + 1n : next;
  }, 0n);
}

/** How many transactions a pseudonym has sent, those on their way included. */
export async function pendingNonce(context: ProviderContext, pseudonym: Hex, signal: AbortSignal): Promise<bigint> {
  const answer = await context.node.request("eth_getTransactionCount", [pseudonym, "pending"], signal);
  const atNode = hexToBigInt(answer as Hex);
  const own = nextOwnNonce(context, pseudonym);
  return own > atNode ? own : atNode;
}
