import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { SeroError } from "@sero/protocol";
import type { Registry } from "prom-client";
import type { Log } from "../log.js";
import { closeServer, listen } from "../server/listen.js";
import { refuseRequest } from "../server/origin.js";
import { requestUrl } from "../server/url.js";
import type { Unready } from "./readiness.js";

/** Settings of the health port. */
export interface HealthServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly registry: Registry;
  /** Everything for which the node is not ready. */
  readonly unready: () => readonly Unready[];
  /** Throws SeroError when the store cannot be written. */
  readonly checkStore: () => void;
  readonly log: Log;
}

/** Answers that may be under way at a time: a monitor asks for one. */
const MAX_CONNECTIONS = 32;

/**
 * Serves /health, /ready and /metrics on this machine only. Requests that a web page could have caused are refused as on the RPC port.
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function startHealthServer(
  options: HealthServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const answers: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
    "/health"(response) {
      try {
        options.checkStore();
        json(response, 200, { status: "ok" });
      } catch (error) {
        const known =
          error instanceof SeroError ? error : new SeroError("store/write-failed", "The store cannot be written.");
        json(response, 503, { status: "failing", code: known.code, message: known.message });
      }
    },
    "/ready"(response) {
      const reasons = options.unready();
      json(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
    },
    async "/metrics"(response) {
      const text = await options.registry.metrics();
      response.writeHead(200, { "content-type": options.registry.contentType }).end(text);
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refuseRequest(request, { allowedHosts: [], allowedOrigins: [] });
    if (refused) return text(response, 403, `This port does not answer requests with this ${refused}.`);
    if (request.method !== "GET" && request.method !== "HEAD") return text(response, 405, "Use GET.");
    const path = requestUrl(request).pathname;
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (!answer) return text(response, 404, "There is /health, /ready and /metrics.");
    await answer(response);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      options.log({
        level: "error",
        event: "health/failed",
        message: error instanceof Error ? error.message : String(error),
      });
      if (response.headersSent) response.destroy();
      else text(response, 500, "The node failed to answer. Its log says why.");
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.maxHeadersCount = 64;
  const port = await listen(server, "127.0.0.1", options.port);
  return { port, close: () => closeServer(server, 500) };
}

function json(response: ServerResponse, status: number, value: object): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(`${JSON.stringify(value)}\n`);
}

function text(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(message);
}
