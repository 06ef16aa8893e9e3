import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Json } from "../rpc/json.js";
import type { Caller, Connection } from "../rpc/method.js";
import { isForwarded, refuseRequest, type AccessRules } from "./origin.js";

/** Bytes waiting for a reader, above which its connection is cut: notifications must not pile up in memory. */
const MAX_BUFFERED = 16 * 1024 * 1024;

/** Calls of one connection that may be under way at a time. */
const MAX_IN_FLIGHT = 64;

/** Settings of the WebSocket side. */
export interface SocketOptions {
  readonly access: AccessRules;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** Answers a request's text; undefined when it wants no answer. */
  readonly answer: (text: string, caller: Caller) => Promise<string | undefined>;
}

/**
 * Serves JSON-RPC over WebSocket on an HTTP server's upgrades.
 *
 * @returns closes every connection
 */
export function serveSockets(server: Server, options: SocketOptions): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxBodyBytes, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // The HTTP server takes its own listener off an upgraded stream: a peer that resets it would end the process.
    stream.on("error", () => stream.destroy());
    const refused = refuseRequest(request, options.access);
    if (refused || sockets.clients.size >= options.maxConnections) {
      stream.end(`HTTP/1.1 ${refused ? "403 Forbidden" : "503 Service Unavailable"}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on("pong", () => alive.add(socket));
      const caller = { source: `rpc:${request.socket.remoteAddress ?? ""}`, isForwarded: isForwarded(request) };
      serveSocket(socket, caller, options);
    });
  });
  // A peer that vanished without a word would keep its subscriptions for ever.
  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, 30_000);
  heartbeat.unref();
  return {
    close() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) {
        socket.close(1001, "the node is stopping");
        setTimeout(() => socket.terminate(), 500).unref();
      }
      sockets.close();
    },
  };
}

function serveSocket(socket: WebSocket, caller: Caller, options: SocketOptions): void {
  const cleanups: (() => void)[] = [];
  let inFlight = 0;
  const connection: Connection = {
    subscriptions: new Map(),
    onClose: (cleanup) => cleanups.push(cleanup),
    notify(method: string, params: Json) {
      if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    },
  };
  socket.on("message", (message, isBinary) => {
    if (isBinary || inFlight >= MAX_IN_FLIGHT) {
      socket.close(isBinary ? 1003 : 1008, isBinary ? "text only" : "too many calls at a time");
      return;
    }
    inFlight++;
    void options
      .answer(message.toString(), { ...caller, connection })
      .then((reply) => {
        if (reply === undefined || socket.readyState !== socket.OPEN) return;
        // Who asks and doesn't read is cut off too.
        if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
        else socket.send(reply);
      })
      .finally(() => inFlight--);
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    for (const stop of connection.subscriptions.values()) stop();
    connection.subscriptions.clear();
    for (const cleanup of cleanups) cleanup();
  });
}
