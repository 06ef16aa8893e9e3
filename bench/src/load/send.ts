import { openRpc, RpcFailure } from "./rpc.js";
import type { Stocked } from "./stock.js";

/** What became of payments that were sent. */
export interface Sent {
  /** By txid: when it was sent, `performance.now()`. */
  readonly at: ReadonlyMap<string, number>;
  /** How many a node refused, by reason. */
  readonly refused: ReadonlyMap<string, number>;
  /** Milliseconds from request to answer. */
  readonly answerMs: readonly number[];
}

export interface SendOptions {
  readonly payments: readonly Stocked[];
  readonly perSecond: number;
  /** Public ports; payments go to them in turn. */
  readonly ports: readonly number[];
  readonly signal: AbortSignal;
  readonly onProgress?: (sent: number) => void;
}

const TICK_MS = 10;

/**
 * Hands payments to nodes at an even rate with eth_sendRawTransaction, whatever the answers take: as many users would, who don't wait for
 * each other.
 */
export async function sendEvenly(options: SendOptions): Promise<Sent> {
  const { payments, perSecond, ports, signal } = options;
  const rpcs = ports.map((port) => openRpc(port));
  const at = new Map<string, number>();
  const refused = new Map<string, number>();
  const answerMs: number[] = [];
  const answers: Promise<void>[] = [];
  const send = async (payment: Stocked, turn: number): Promise<void> => {
    const begun = performance.now();
    at.set(payment.txid, begun);
    try {
      const hex = `0x${Buffer.from(payment.bytes).toString("hex")}`;
      await rpcs[turn % rpcs.length]?.call<string>("eth_sendRawTransaction", [hex]);
      answerMs.push(performance.now() - begun);
    } catch (error) {
      const reason =
        error instanceof RpcFailure
          ? error.message.slice(0, 80)
          : `connection: ${error instanceof Error ? error.message : "lost"}`;
      refused.set(reason, (refused.get(reason) ?? 0) + 1);
    }
  };
  const start = performance.now();
  let next = 0;
  while (next < payments.length && !signal.aborted) {
    const due = Math.min(payments.length, Math.floor(((performance.now() - start) / 1000) * perSecond) + 1);
    for (; next < due; next++) {
      const payment = payments[next];
      if (payment) answers.push(send(payment, next));
    }
    options.onProgress?.(next);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(answers);
  for (const rpc of rpcs) rpc.close();
  return { at, refused, answerMs };
}
