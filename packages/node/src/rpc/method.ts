import { SeroError } from "@sero/protocol";
import type { z } from "zod";
import type { RpcContext } from "./context.js";
import type { Json } from "./json.js";

/** Where a request came from. */
export interface Caller {
  /** Groups requests for budgets, e.g. "rpc:127.0.0.1". Never logged. */
  readonly source: string;
  /** A web page asks, or a proxy on this machine for somebody elsewhere: no program of the operator's. */
  readonly isForwarded?: boolean;
  /** The connection that subscriptions push to; only WebSocket has one. */
  readonly connection?: Connection;
}

/** A two-way connection that can be sent notifications. */
export interface Connection {
  /** Sends a notification; drops the connection when its reader is too slow. */
  notify(method: string, params: Json): void;
  /** Runs `cleanup` once when the connection ends. */
  onClose(cleanup: () => void): void;
  /** Cleanups by subscription id. */
  readonly subscriptions: Map<string, () => void>;
}

/** One JSON-RPC method: parameters are checked before its handler sees them. */
export interface RpcMethod {
  readonly name: string;
  /**
   * @param params as the request had them
   * @throws SeroError `rpc/params` when they do not fit, and whatever the handler throws
   */
  call(context: RpcContext, params: readonly unknown[], caller: Caller): Promise<Json>;
}

/** Declares a method: its name, a zod tuple of its parameters, and what it does. */
export function defineMethod<S extends z.ZodType>(method: {
  readonly name: string;
  readonly params: S;
  handle(context: RpcContext, params: z.output<S>, caller: Caller): Json | Promise<Json>;
}): RpcMethod {
  return {
    name: method.name,
    async call(context, params, caller) {
      // Clients fill optional trailing parameters with null.
      let length = params.length;
      while (length > 0 && (params[length - 1] === null || params[length - 1] === undefined)) length--;
      const parsed = method.params.safeParse(params.slice(0, length));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        throw new SeroError(
          "rpc/params",
          `The parameters of ${method.name} do not fit: ${issue ? describe(issue) : "see its documentation"}.`,
          { method: method.name, at: issue?.path.join(".") ?? null },
        );
      }
      return method.handle(context, parsed.data, caller);
    },
  };
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.length > 0 ? `at ${issue.path.join(".")}, ` : "";
  return `${place}${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}
