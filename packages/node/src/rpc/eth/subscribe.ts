import { SeroError } from "@sero/protocol";
import { z } from "zod";
import type { RpcContext } from "../context.js";
import { headerFields } from "../format.js";
import { data, type Json } from "../json.js";
import { logsOfChange } from "../logs.js";
import { defineMethod, type Connection } from "../method.js";
import { randomId } from "../filters.js";
import { logFilterParam, type LogFilterRequest } from "../schemas.js";

/** Pushes new heads, logs or pending txids over a WebSocket connection (geth's eth_subscribe). */
export const ethSubscribe = defineMethod({
  name: "eth_subscribe",
  params: z.union([
    z.tuple([z.literal("newHeads")]),
    z.tuple([z.literal("newPendingTransactions"), z.boolean().optional()]),
    z.tuple([z.literal("logs"), logFilterParam.optional()]),
    z.tuple([z.literal("syncing")]),
  ]),
  handle(context, [kind, option], { connection }) {
    if (!connection) throw new SeroError("rpc/not-available", "Subscriptions need a WebSocket connection.");
    if (connection.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new SeroError("rpc/limit", `A connection holds at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
    }
    const id = randomId();
    const push = (result: Json): void => connection.notify("eth_subscription", { subscription: id, result });
    connection.subscriptions.set(id, start(context, kind, typeof option === "object" ? option : undefined, push));
    return id;
  },
});

/** Ends a subscription of this connection. */
export const ethUnsubscribe = defineMethod({
  name: "eth_unsubscribe",
  params: z.tuple([z.string().max(66)]),
  handle: (_context, [id], { connection }) => stop(connection, id),
});

const MAX_SUBSCRIPTIONS = 64;

function start(
  context: RpcContext,
  kind: "newHeads" | "newPendingTransactions" | "logs" | "syncing",
  filter: LogFilterRequest | undefined,
  push: (result: Json) => void,
): () => void {
  if (kind === "newHeads") {
    return context.chain.onHead(({ joined }) => {
      for (const block of joined) push(headerFields(block));
    });
  }
  if (kind === "logs") {
    return context.chain.onHead((change) => {
      for (const log of logsOfChange(context, change, filter ?? {})) push(log);
    });
  }
  if (kind === "newPendingTransactions") {
    return context.mempool.onTransaction((entry) => push(data(entry.checked.txid)));
  }
  push(context.engine.isSyncing());
  return () => undefined;
}

function stop(connection: Connection | undefined, id: string): boolean {
  const end = connection?.subscriptions.get(id);
  if (!connection || !end) return false;
  end();
  return connection.subscriptions.delete(id);
}
