import { z } from "zod";
import { CODES, ProviderRpcError } from "./errors.js";
import type { Json } from "./json.js";

/** A subscription at the node that runs. */
export interface NodeSubscription {
  readonly id: string;
  close(): void;
}

/** How a provider asks its node: JSON-RPC over anything. */
export interface NodeAccess {
  /** @throws ProviderRpcError with the node's own code and data, or 4900 when it does not answer */
  request(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<Json>;
  /** Opens an eth_subscribe. Absent where there is no way to be told. */
  subscribe?(params: readonly unknown[], onResult: (result: Json) => void): Promise<NodeSubscription>;
  close?(): void;
}

const reply = z.object({
  result: z.json().optional(),
  error: z.object({ code: z.number().int(), message: z.string().max(10_000), data: z.json().optional() }).optional(),
});

/** The longest time that a node may take for one answer. */
const TIMEOUT_MS = 30_000;

const silent = (): ProviderRpcError =>
  new ProviderRpcError(CODES.disconnected, "The wallet's node does not answer. Start it, or name another one.");

/** What a node's JSON-RPC reply holds. @throws ProviderRpcError */
export function readReply(value: unknown): Json {
  const parsed = reply.safeParse(value);
  if (!parsed.success)
    throw new ProviderRpcError(CODES.internal, "The wallet's node gave an answer that is not JSON-RPC.");
  const { result, error } = parsed.data;
  if (error !== undefined) throw new ProviderRpcError(error.code, error.message, error.data);
  return result ?? null;
}

/** A node over HTTP. Reads tell it who asks about what: use your own. */
export function httpNode(url: string): NodeAccess {
  return {
    async request(method, params, signal) {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      let body: unknown;
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
          redirect: "error",
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        });
        body = await response.json();
      } catch {
        throw silent();
      }
      return readReply(body);
    },
  };
}
