import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { SeroError } from "@sero/protocol";
import type { Log } from "../log.js";
import { dispatch, type CallMethod } from "../rpc/dispatch.js";
import { readBody } from "./body.js";
import { openBuckets, type BucketRule, type Buckets } from "./buckets.js";
import { clientOf, groupOf } from "./clients.js";
import type { StreamRoute } from "./http.js";
import { closeServer, listen } from "./listen.js";
import { refuseRequest, type PortRules } from "./origin.js";
import { requestUrl } from "./url.js";

/** Bounds on what strangers' wallets may take. */
export interface LightLimits {
  /** Calls and streams of one client. */
  readonly requests: BucketRule;
  /** Transactions sent by one client. */
  readonly submits: BucketRule;
  /** Bytes answered to one client. Streams go slower when they are used up. */
  readonly bytes: BucketRule;
  readonly maxStreams: number;
  readonly maxStreamsOfOne: number;
  readonly maxConnections: number;
  readonly maxConnectionsOfOne: number;
  /** Milliseconds after which a stream ends at a block's end: its reader asks again from there. */
  readonly streamMs: number;
  /** Milliseconds after which any answer is broken off, so that nobody holds one by not reading it. */
  readonly answerMs: number;
  /** The largest transaction is 128 KiB, 256 KiB as hex. */
  readonly maxBodyBytes: number;
  readonly maxBatch: number;
  readonly timeoutMs: number;
  /** Clients whose use is remembered. */
  readonly maxClients: number;
}

/** Bounds that suit a node with a home connection. */
export const LIGHT_LIMITS: LightLimits = {
  requests: { burst: 120, perSecond: 10 },
  submits: { burst: 16, perSecond: 0.2 },
  bytes: { burst: 64 * 1024 * 1024, perSecond: 2 * 1024 * 1024 },
  maxStreams: 64,
  maxStreamsOfOne: 4,
  maxConnections: 1024,
  maxConnectionsOfOne: 32,
  streamMs: 300_000,
  answerMs: 600_000,
  maxBodyBytes: 320 * 1024,
  maxBatch: 16,
  timeoutMs: 20_000,
  maxClients: 20_000,
};

/** What became of a request, for counting. */
export type LightOutcome = "answered" | "limited" | "refused";

/** Settings of the light port. */
export interface LightServerOptions {
  readonly host: string;
  readonly port: number;
  /** Names besides loopback's that requests are addressed to; not looked at where `host` is no loopback address. */
  readonly names: readonly string[];
  /** Web origins that may ask; "*" lets all. */
  readonly origins: readonly string[];
  /** A proxy on this machine says in X-Forwarded-For who asks. */
  readonly behindProxy: boolean;
  readonly limits: LightLimits;
  readonly call: CallMethod;
  readonly streams: StreamRoute;
  readonly log: Log;
  /** Told what became of each request, and how many bytes went out. Nothing of who asked what. */
  readonly count: (outcome: LightOutcome, bytes: number) => void;
  readonly now?: () => number;
}

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "::1", "localhost"]);

/**
 * Serves other people's wallets: a few methods over POST, ranges of blocks over GET, within bounds for each address. There is no WebSocket,
 * and what a client asked is neither logged nor counted by client.
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function startLightServer(
  options: LightServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { limits, log, count } = options;
  const now = options.now ?? ((): number => performance.now());
  const open = (rule: BucketRule): Buckets => openBuckets(rule, limits.maxClients, now);
  const requests = open(limits.requests);
  const submits = open(limits.submits);
  const bytes = open(limits.bytes);
  const streams = openCounter(limits.maxStreams, limits.maxStreamsOfOne);
  const connections = openCounter(limits.maxConnections, limits.maxConnectionsOfOne);
  const anyOrigin = options.origins.includes("*");
  const rules: PortRules = {
    // A port that the operator opened to everybody is asked under whatever name leads to it.
    allowedHosts: LOOPBACK_HOSTS.has(options.host) ? options.names : "any",
    allowedOrigins: anyOrigin ? "any" : options.origins,
  };

  async function stream(request: IncomingMessage, response: ServerResponse, client: string): Promise<void> {
    requests.take(client, 1);
    if (!streams.enter(client)) {
      count("limited", 0);
      return tooMany(response, 2_000);
    }
    const end = now() + limits.streamMs;
    let sent = 0;
    try {
      const found = await options.streams(requestUrl(request), response, async (length) => {
        if (now() > end) return false;
        sent += length;
        for (let wait = bytes.take(client, length); wait > 0; wait = bytes.take(client, length)) {
          await pause(Math.min(wait, 1_000), response);
          if (response.destroyed) return false;
        }
        return true;
      });
      if (!found) return plain(response, 404, "There is nothing here. JSON-RPC is answered on POST.");
      count("answered", sent);
    } finally {
      streams.leave(client);
    }
  }

  /** Methods by name: each call of a batch counts, and transactions have a bound of their own. */
  function callFor(client: string): CallMethod {
    return async (name, params, caller) => {
      if (requests.take(client, 1) > 0) {
        throw new SeroError("rpc/limit", "Too many calls from one address. Wait a little, or use a node of your own.");
      }
      if (name === "eth_sendRawTransaction" && submits.take(client, 1) > 0) {
        throw new SeroError(
          "rpc/limit",
          "Too many transactions from one address. Wait a minute, or use a node of your own.",
        );
      }
      try {
        return await options.call(name, params, caller);
      } catch (error) {
        if (!(error instanceof SeroError) || error.code !== "rpc/method") throw error;
        // Such a question would tell a stranger what the asker is about.
        throw new SeroError(
          "rpc/method",
          "This port is for other people's wallets and does not answer that. Ask a node of your own.",
        );
      }
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reason = refuseRequest(request, rules);
    if (reason) {
      count("refused", 0);
      return plain(response, 403, `This node does not answer requests with this ${reason}.`);
    }
    const { origin } = request.headers;
    if (origin !== undefined) {
      for (const [name, value] of Object.entries(corsOf(anyOrigin ? "*" : origin))) response.setHeader(name, value);
    }
    if (request.method === "OPTIONS") return plain(response, 204, "");
    const client = clientOf(request, options.behindProxy);
    const wait = Math.max(requests.wait(client), bytes.wait(client));
    if (wait > 0) {
      count("limited", 0);
      return tooMany(response, wait);
    }
    if (request.method === "GET") return stream(request, response, client);
    if (request.method !== "POST") return plain(response, 405, "Use POST, or GET for streams.");
    if (!(request.headers["content-type"] ?? "").toLowerCase().startsWith("application/json")) {
      return plain(response, 415, "Send application/json.");
    }
    const body = await readBody(request, limits.maxBodyBytes);
    if (body === undefined) return plain(response, 413, `A request is at most ${limits.maxBodyBytes} bytes.`);
    const caller = { source: `light:${client}` };
    const bounds = { batch: limits.maxBatch, timeoutMs: limits.timeoutMs };
    const reply = (await dispatch(body, caller, callFor(client), bounds, log)) ?? "";
    bytes.take(client, reply.length);
    count("answered", reply.length);
    if (reply === "") return plain(response, 204, "");
    response.writeHead(200, { "content-type": "application/json" }).end(reply);
  }

  const server = createServer((request, response) => {
    // Whoever does not read, or a byte at a time, keeps an answer in memory and a stream from others.
    const giveUp = setTimeout(() => response.destroy(), limits.answerMs);
    response.once("close", () => clearTimeout(giveUp));
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed && !response.writable) return;
      log({ level: "error", event: "light/failed", message: error instanceof Error ? error.message : String(error) });
      if (response.headersSent) response.destroy();
      else plain(response, 500, "The node failed to answer.");
    });
  });
  server.on("connection", (socket: Socket) => {
    // Behind a proxy all connections are its own.
    const peer = options.behindProxy ? "" : groupOf(socket.remoteAddress ?? "");
    if (!connections.enter(peer, options.behindProxy)) return void socket.destroy();
    socket.once("close", () => connections.leave(peer));
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = limits.timeoutMs;
  server.keepAliveTimeout = 10_000;
  server.maxHeadersCount = 64;
  const port = await listen(server, options.host, options.port);
  return { port, close: () => closeServer(server, 1_000) };
}

/** How many of something run, altogether and for each client. */
function openCounter(most: number, mostOfOne: number) {
  const running = new Map<string, number>();
  let all = 0;
  return {
    enter(client: string, shared = false): boolean {
      const own = running.get(client) ?? 0;
      if (all >= most || (!shared && own >= mostOfOne)) return false;
      all++;
      running.set(client, own + 1);
      return true;
    },
    leave(client: string): void {
      const own = (running.get(client) ?? 1) - 1;
      all--;
      if (own > 0) running.set(client, own);
      else running.delete(client);
    },
  };
}

function corsOf(origin: string): Record<string, string> {
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST, GET",
    "access-control-allow-headers": "content-type",
    "access-control-expose-headers": "retry-after",
    "access-control-max-age": "600",
    vary: "origin",
  };
}

/** Waits, or less if the reader goes away. */
function pause(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.on("close", done);
  });
}

function tooMany(response: ServerResponse, waitMs: number): void {
  response.setHeader("retry-after", String(Math.ceil(waitMs / 1000)));
  plain(response, 429, "Too much from one address. Wait a little, or use a node of your own.");
}

function plain(response: ServerResponse, status: number, text: string): void {
  if (status >= 400) response.setHeader("connection", "close");
  response.writeHead(status, text === "" ? {} : { "content-type": "text/plain; charset=utf-8" }).end(text);
}
