import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Log } from "../log.js";
import { dispatch, type CallMethod } from "../rpc/dispatch.js";
import type { Caller } from "../rpc/method.js";
import { readBody } from "./body.js";
import { closeServer, listen } from "./listen.js";
import { corsHeaders, isForwarded, refuseRequest, type AccessRules } from "./origin.js";
import { serveSockets } from "./sockets.js";
import { requestUrl } from "./url.js";

/** Bounds on what clients may ask of a server. */
export interface ServerLimits {
  readonly maxBodyBytes: number;
  readonly maxBatch: number;
  readonly timeoutMs: number;
  readonly maxSockets: number;
  /** Streams of blocks that may run at a time. */
  readonly maxStreams: number;
}

/** Bounds that suit a node on a desktop: the largest transaction is 128 KiB, 256 KiB as hex. */
export const DEFAULT_LIMITS: ServerLimits = {
  maxBodyBytes: 2 * 1024 * 1024,
  maxBatch: 100,
  timeoutMs: 30_000,
  maxSockets: 256,
  maxStreams: 16,
};

/** Asked before so many bytes are written: resolves when they may be; false ends the stream before them. */
export type Pace = (bytes: number) => Promise<boolean>;

/** Answers a GET of binary data; false when the path is not its own. */
export type StreamRoute = (url: URL, response: ServerResponse, pace?: Pace) => Promise<boolean>;

/** Settings of a JSON-RPC server. */
export interface RpcServerOptions {
  /** The interface to bind; loopback unless the operator says otherwise. */
  readonly host: string;
  readonly port: number;
  readonly access: AccessRules;
  readonly limits: ServerLimits;
  readonly call: CallMethod;
  readonly streams: StreamRoute;
  readonly log: Log;
}

/** A server that listens. */
export interface RpcServer {
  readonly port: number;
  /** Finishes answers under way, then closes. */
  close(): Promise<void>;
}

/**
 * Serves JSON-RPC over HTTP POST and WebSocket on one port, and block streams over GET.
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const { limits, access, log } = options;
  const answer = (text: string, caller: Caller): Promise<string | undefined> =>
    dispatch(text, caller, options.call, { batch: limits.maxBatch, timeoutMs: limits.timeoutMs }, log);
  let streams = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refuseRequest(request, access);
    if (refused) return plain(response, 403, `This node does not answer requests with this ${refused}.`);
    for (const [name, value] of Object.entries(corsHeaders(request, access))) response.setHeader(name, value);
    if (request.method === "OPTIONS") return plain(response, 204, "");
    if (request.method === "GET") {
      if (streams >= limits.maxStreams) return plain(response, 503, "Too many streams at a time. Try again.");
      streams++;
      try {
        if (!(await options.streams(requestUrl(request), response))) {
          plain(response, 404, "There is nothing here. JSON-RPC is answered on POST.");
        }
      } finally {
        streams--;
      }
      return;
    }
    if (request.method !== "POST") return plain(response, 405, "Use POST.");
    const type = request.headers["content-type"] ?? "";
    if (!type.toLowerCase().startsWith("application/json")) {
      // Also keeps web forms out, which browsers send anywhere without asking.
      return plain(response, 415, "Send application/json.");
    }
    const body = await readBody(request, limits.maxBodyBytes);
    if (body === undefined) return plain(response, 413, `A request is at most ${limits.maxBodyBytes} bytes.`);
    const caller = { source: `rpc:${request.socket.remoteAddress ?? ""}`, isForwarded: isForwarded(request) };
    const reply = await answer(body, caller);
    if (reply === undefined) return plain(response, 204, "");
    response.writeHead(200, { "content-type": "application/json" }).end(reply);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed && !response.writable) return;
      log({ level: "error", event: "server/failed", message: error instanceof Error ? error.message : String(error) });
      if (response.headersSent) response.destroy();
      else plain(response, 500, "The node failed to answer. Its log says why.");
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = limits.timeoutMs;
  server.maxHeadersCount = 64;
  const sockets = serveSockets(server, {
    access,
    answer,
    maxBodyBytes: limits.maxBodyBytes,
    maxConnections: limits.maxSockets,
  });
  const port = await listen(server, options.host, options.port);
  return {
    port,
    async close() {
      sockets.close();
      await closeServer(server, 1_000);
    },
  };
}

function plain(response: ServerResponse, status: number, text: string): void {
  // A body that was not read would keep the connection busy.
  if (status >= 400) response.setHeader("connection", "close");
  response.writeHead(status, text === "" ? {} : { "content-type": "text/plain; charset=utf-8" }).end(text);
}
