import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SeroError } from "@sero/protocol";
import { CODES, ProviderRpcError, type Json } from "../provider/index.js";
import { accessOf, corsHeaders, refuseSource, type ServedSession } from "./access.js";
import { dispatch, failure } from "./dispatch.js";
import { serveSockets } from "./sockets.js";

/** Settings of a provider's server. */
export interface ProviderServerOptions {
  readonly sessions: readonly ServedSession[];
  /** Default 0: the system chooses. The server listens on 127.0.0.1 and nowhere else. */
  readonly port?: number;
  /** Default 2 MiB: the largest transaction is 128 KiB, 256 KiB as hex. */
  readonly maxBodyBytes?: number;
  /** Calls in one batch. Default 100. */
  readonly maxBatch?: number;
  /** Open WebSocket connections. Default 64. */
  readonly maxSockets?: number;
  /** Failures that are nobody's fault but the program's. */
  readonly onProblem?: (error: unknown) => void;
}

/** A provider's server that listens. */
export interface ProviderServer {
  readonly port: number;
  /** The address to give to a script or a site: with the token, so a secret. */
  url(session: ServedSession): string;
  /** Finishes answers under way for a second, then closes. */
  close(): Promise<void>;
}

/**
 * Serves a wallet's providers to programs and web pages of this machine: JSON-RPC over HTTP POST and WebSocket, on 127.0.0.1 only, with a secret
 * token, from the sites that a session is for.
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function serveProvider(options: ProviderServerOptions): Promise<ProviderServer> {
  const { sessions, maxBodyBytes = 2 << 20, maxBatch = 100, maxSockets = 64, onProblem = () => undefined } = options;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const source = refuseSource(request, sessions);
    if (source !== undefined && !source.ok) return plain(response, source.status, source.sentence);
    for (const [name, value] of Object.entries(corsHeaders(request, sessions))) response.setHeader(name, value);
    if (request.method === "OPTIONS") return plain(response, 204, "");
    const access = accessOf(request, sessions);
    if (!access.ok) return plain(response, access.status, access.sentence);
    if (request.method !== "POST") return plain(response, 405, "Use POST, or a WebSocket.");
    // Also keeps web forms out, which browsers send anywhere without asking.
    const type = (request.headers["content-type"] ?? "").toLowerCase();
    if (!type.startsWith("application/json")) return plain(response, 415, "Send application/json.");
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) {
      const error = new ProviderRpcError(
        CODES.limit,
        `A request has at most ${maxBodyBytes} bytes, a transaction at most 131072. Send less at a time.`,
      );
      return json(response, 413, failure(null, error));
    }
    // Whoever gave up sees an error: then the wallet must not go on to send.
    const gone = new AbortController();
    response.on("close", () => response.writableFinished || gone.abort());
    const { provider } = access.session;
    const ask = (call: { readonly method: string }): Promise<Json> => {
      if (call.method === "eth_subscribe" || call.method === "eth_unsubscribe")
        throw new ProviderRpcError(CODES.unsupported, "Subscriptions need a WebSocket. Use ws:// in place of http://.");
      return provider.request(call, gone.signal);
    };
    const reply = await dispatch(body, async (call) => ask(call), maxBatch);
    if (reply === undefined) return plain(response, 204, "");
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(reply);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      onProblem(error);
      if (response.headersSent) response.destroy();
      else plain(response, 500, "The wallet failed to answer.");
    });
  });
  server.headersTimeout = 10_000;
  server.maxHeadersCount = 64;
  const sockets = serveSockets(server, { sessions, maxBodyBytes, maxBatch, maxConnections: maxSockets });
  const port = await listen(server, options.port ?? 0);
  return {
    port,
    url: ({ token }) => `http://127.0.0.1:${port}/${token}`,
    async close() {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), 1_000);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function plain(response: ServerResponse, status: number, text: string): void {
  // A body that was not read would keep the connection busy.
  if (status >= 400) response.setHeader("connection", "close");
  response.writeHead(status, text === "" ? {} : { "content-type": "text/plain; charset=utf-8" }).end(text);
}

function json(response: ServerResponse, status: number, value: Json): void {
  response.setHeader("connection", "close");
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      const sentence = isTaken
        ? `Port ${port} is taken by another program. Stop that one, or choose another port.`
        : `The wallet's server cannot listen on port ${port}.`;
      reject(new SeroError(isTaken ? "server/port-taken" : "server/listen", sentence, { port }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}
