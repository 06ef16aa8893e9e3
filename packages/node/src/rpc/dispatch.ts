import { SeroError } from "@sero/protocol";
import type { Log } from "../log.js";
import { isInternal, rpcErrorBody, type RpcErrorBody } from "./errors.js";
import type { Json } from "./json.js";
import type { Caller } from "./method.js";

/** Answers one call of a method by name. */
export type CallMethod = (name: string, params: readonly unknown[], caller: Caller) => Promise<Json>;

/** Bounds on what one request may ask. */
export interface DispatchLimits {
  /** Calls in one batch. */
  readonly batch: number;
  /** Milliseconds after which a call is answered with `rpc/timeout`. */
  readonly timeoutMs: number;
}

interface Reply {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly result?: Json;
  readonly error?: RpcErrorBody;
}

/**
 * Answers a JSON-RPC 2.0 request or batch.
 *
 * @param text the body as received
 * @returns the reply's JSON, or undefined when only notifications were sent
 */
export async function dispatch(
  text: string,
  caller: Caller,
  call: CallMethod,
  limits: DispatchLimits,
  log: Log,
): Promise<string | undefined> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return JSON.stringify(failure(null, new SeroError("rpc/parse", "The request is not JSON.")));
  }
  if (!Array.isArray(request)) {
    const reply = await one(request, caller, call, limits, log);
    return reply && JSON.stringify(reply);
  }
  if (request.length === 0 || request.length > limits.batch) {
    const error = new SeroError("rpc/batch-size", `A batch holds 1 to ${limits.batch} calls. Split it.`, {
      calls: request.length,
    });
    return JSON.stringify(failure(null, error));
  }
  const replies: Reply[] = [];
  // One after another: a batch must not buy more of the node at a time than a single call.
  for (const item of request) {
    const reply = await one(item, caller, call, limits, log);
    if (reply) replies.push(reply);
  }
  return replies.length > 0 ? JSON.stringify(replies) : undefined;
}

async function one(
  request: unknown,
  caller: Caller,
  call: CallMethod,
  limits: DispatchLimits,
  log: Log,
): Promise<Reply | undefined> {
  if (typeof request !== "object" || request === null || !("method" in request) || typeof request.method !== "string") {
    return failure(null, new SeroError("rpc/request", "A call needs a method, and an object around it."));
  }
  const id = "id" in request && (typeof request.id === "string" || typeof request.id === "number") ? request.id : null;
  const isNotification = !("id" in request);
  const params = "params" in request ? (request.params ?? []) : [];
  if (!Array.isArray(params)) {
    return failure(id, new SeroError("rpc/params", "Give the parameters as an array.", { method: request.method }));
  }
  try {
    const result = await withTimeout(call(request.method, params, caller), limits.timeoutMs, request.method);
    return isNotification ? undefined : { jsonrpc: "2.0", id, result };
  } catch (error) {
    if (isInternal(error)) {
      log({
        level: "error",
        event: "rpc/failed",
        message: `${request.method.slice(0, 64)} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      });
    }
    return isNotification ? undefined : failure(id, error);
  }
}

function failure(id: string | number | null, error: unknown): Reply {
  return { jsonrpc: "2.0", id, error: rpcErrorBody(error) };
}

async function withTimeout<T>(work: Promise<T>, ms: number, method: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new SeroError("rpc/timeout", `${method} took longer than ${ms} ms. Ask for less at a time.`, { method }));
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
