import { createServer } from "node:http";
import type { Log } from "../log.js";
import { dispatch, type CallMethod } from "../rpc/dispatch.js";
import { readBody } from "../server/body.js";
import { closeServer, listen } from "../server/listen.js";
import { isAuthorized } from "./jwt.js";

/** Settings of the engine port. */
export interface EngineServerOptions {
  readonly host: string;
  readonly port: number;
  /** 32 bytes, shared with the consensus client. */
  readonly secret: Uint8Array;
  readonly call: CallMethod;
  readonly log: Log;
  readonly nowSeconds?: () => number;
}

/** A block of 8 M gas is at most a few megabytes, twice as long in hex. */
const MAX_BODY = 32 * 1024 * 1024;

/**
 * Serves the Engine API over HTTP, each request with a token (Engine API, authentication.md).
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function startEngineServer(
  options: EngineServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const now = options.nowSeconds ?? ((): number => Math.floor(Date.now() / 1000));
  const server = createServer((request, response) => {
    async function handle(): Promise<void> {
      const plain = (status: number, text: string): void => {
        response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(text);
      };
      if (!isAuthorized(request.headers.authorization, options.secret, now())) return plain(401, "Unauthorized");
      if (request.method !== "POST") return plain(405, "Use POST.");
      const body = await readBody(request, MAX_BODY);
      if (body === undefined) return plain(413, "Too large.");
      const limits = { batch: 100, timeoutMs: 60_000 };
      const reply = await dispatch(body, { source: "engine" }, options.call, limits, options.log);
      response.writeHead(200, { "content-type": "application/json" }).end(reply ?? "");
    }
    handle().catch((error: unknown) => {
      options.log({
        level: "error",
        event: "engine/failed",
        message: error instanceof Error ? error.message : String(error),
      });
      response.destroy();
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  const port = await listen(server, options.host, options.port);
  return { port, close: () => closeServer(server, 1_000) };
}
