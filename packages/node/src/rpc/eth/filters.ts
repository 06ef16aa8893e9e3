import { SeroError } from "@sero/protocol";
import { z } from "zod";
import type { Filter } from "../filters.js";
import type { RpcContext } from "../context.js";
import type { Json } from "../json.js";
import { defineMethod } from "../method.js";
import { findLogs } from "../logs.js";
import { logFilterParam } from "../schemas.js";

/** Starts collecting logs. */
export const ethNewFilter = defineMethod({
  name: "eth_newFilter",
  params: z.tuple([logFilterParam]),
  handle: ({ filters }, [request]) => filters.add({ kind: "logs", request }),
});

/** Starts collecting the hashes of new blocks. */
export const ethNewBlockFilter = defineMethod({
  name: "eth_newBlockFilter",
  params: z.tuple([]),
  handle: ({ filters }) => filters.add({ kind: "blocks" }),
});

/** Starts collecting the txids of transactions that become verified here. */
export const ethNewPendingTransactionFilter = defineMethod({
  name: "eth_newPendingTransactionFilter",
  params: z.tuple([]),
  handle: ({ filters }) => filters.add({ kind: "transactions" }),
});

/** What a filter collected since it was last asked. */
export const ethGetFilterChanges = defineMethod({
  name: "eth_getFilterChanges",
  params: z.tuple([z.string().max(66)]),
  handle: (context, [id]) => required(context, id).take(),
});

/** All logs that a log filter matches. */
export const ethGetFilterLogs = defineMethod({
  name: "eth_getFilterLogs",
  params: z.tuple([z.string().max(66)]),
  async handle(context, [id]): Promise<Json> {
    const filter = required(context, id);
    if (filter.source.kind !== "logs") throw new SeroError("rpc/params", "This filter does not collect logs.");
    return findLogs(context, filter.source.request);
  },
});

/** Ends a filter. */
export const ethUninstallFilter = defineMethod({
  name: "eth_uninstallFilter",
  params: z.tuple([z.string().max(66)]),
  handle: ({ filters }, [id]) => filters.remove(id),
});

function required(context: RpcContext, id: string): Filter {
  const filter = context.filters.get(id);
  if (!filter) throw new SeroError("rpc/not-found", "filter not found: it was removed or not asked for five minutes");
  return filter;
}
