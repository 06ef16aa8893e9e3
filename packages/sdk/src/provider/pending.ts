import { hexToBigInt } from "viem/utils";
import { toHex } from "@sero/protocol";
import type { PendingCall } from "@sero/wallet/core";
import type { ProviderContext } from "./context.js";
import { quantity, type Hex, type Json } from "./json.js";

const ZERO_WORD = `0x${"00".repeat(32)}`;

/**
 * A transaction of the wallet's outbox as it will look once it is mined: the node does not know it yet while it is being proved, but whoever sent
 * it asks at once.
 */
export function pendingJson(context: ProviderContext, pending: PendingCall): Json {
  const { txid, pseudonym, nonce, calls, gas, price } = pending;
  const first = calls[0];
  return {
    type: "0x5e",
    hash: toHex(txid),
    chainId: quantity(context.chainId),
    nonce: quantity(nonce),
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
    from: toHex(pseudonym),
    to: first?.to === undefined ? null : toHex(first.to),
    value: quantity(first?.value ?? 0n),
    input: toHex(first?.data ?? new Uint8Array(0)),
    gas: quantity(gas),
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

/**
 * A transaction of the wallet's outbox that this session made; undefined once it is mined or can't be any more. Those of other sessions are as
 * unknown here as a stranger's: else a site could ask of each transaction in the public mempool whether it is this user's.
 */
export function pendingOf({ wallet, session, batches }: ProviderContext, txid: Hex): PendingCall | undefined {
  const found = wallet.pendingCalls().find((pending) => toHex(pending.txid) === txid);
  if (found === undefined) return undefined;
  const isOurs = session.addresses.includes(toHex(found.pseudonym) as Hex) || [...batches.values()].includes(txid);
  return isOurs ? found : undefined;
}

/** The nonce after those of the pseudonym's transactions that are under way; 0 if none is. */
export const nextOwnNonce = ({ wallet }: ProviderContext, pseudonym: Hex): bigint =>
  wallet
    .pendingCalls()
    .filter((pending) => toHex(pending.pseudonym) === pseudonym)
    .reduce((next, { nonce }) => (nonce >= next ? nonce + 1n : next), 0n);

/** How many transactions a pseudonym has sent, those on their way included. */
export async function pendingNonce(context: ProviderContext, pseudonym: Hex, signal: AbortSignal): Promise<bigint> {
  const answer = await context.node.request("eth_getTransactionCount", [pseudonym, "pending"], signal);
  const atNode = hexToBigInt(answer as Hex);
  const own = nextOwnNonce(context, pseudonym);
  return own > atNode ? own : atNode;
}
