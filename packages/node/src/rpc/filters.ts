import { randomBytes } from "node:crypto";
import { SeroError } from "@sero/protocol";
import type { Chain, HeadChange } from "../chain/index.js";
import type { Mempool } from "../mempool/index.js";
import { data, type Json } from "./json.js";
import type { LogFilterRequest } from "./schemas.js";

/** What a filter collects. */
export type FilterSource =
  | { readonly kind: "blocks" }
  | { readonly kind: "transactions" }
  | { readonly kind: "logs"; readonly request: LogFilterRequest };

/** A filter that somebody asks for its news now and then. */
export interface Filter {
  readonly source: FilterSource;
  /** What came since the last call. */
  take(): Json[];
}

/** The filters of all clients. */
export interface Filters {
  /** @returns its id @throws SeroError `rpc/limit` */
  add(source: FilterSource): string;
  get(id: string): Filter | undefined;
  remove(id: string): boolean;
  close(): void;
}

/** Filters at a time, and news that one may hold, before the client is told to come again. */
const MAX_FILTERS = 1000;
const MAX_NEWS = 10_000;
/** A filter that nobody asks for this long is forgotten. */
const IDLE_MS = 5 * 60_000;

/**
 * Opens an empty table.
 *
 * @param logsOf the logs of a change of head that a request matches
 */
export function openFilters(
  chain: Chain,
  mempool: Mempool,
  logsOf: (change: HeadChange, request: LogFilterRequest) => Json[],
): Filters {
  const filters = new Map<string, { source: FilterSource; news: Json[]; askedAt: number }>();

  function collect(kind: FilterSource["kind"], newsOf: (source: FilterSource) => Json[]): void {
    for (const [id, filter] of filters) {
      if (filter.source.kind !== kind) continue;
      for (const each of newsOf(filter.source)) filter.news.push(each);
      if (filter.news.length > MAX_NEWS) filters.delete(id);
    }
  }
  const stopHeads = chain.onHead((change) => {
    collect("blocks", () => change.joined.map((block) => data(block.hash)));
    collect("logs", (source) => (source.kind === "logs" ? logsOf(change, source.request) : []));
  });
  const stopTransactions = mempool.onTransaction((entry) => {
    collect("transactions", () => [data(entry.checked.txid)]);
  });

  return {
    add(source) {
      for (const [id, filter] of filters) if (performance.now() - filter.askedAt > IDLE_MS) filters.delete(id);
      if (filters.size >= MAX_FILTERS) throw new SeroError("rpc/limit", "Too many filters. Uninstall some first.");
      const id = randomId();
      filters.set(id, { source, news: [], askedAt: performance.now() });
      return id;
    },
    get(id) {
      const filter = filters.get(id);
      if (!filter) return undefined;
      filter.askedAt = performance.now();
      return { source: filter.source, take: () => filter.news.splice(0) };
    },
    remove: (id) => filters.delete(id),
    close() {
      stopHeads();
      stopTransactions();
      filters.clear();
    },
  };
}

/** An id that nobody guesses: filters are not protected otherwise. */
export function randomId(): string {
  return `0x${randomBytes(16).toString("hex")}`;
}
