import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Json, SeroProvider } from "../provider/index.js";
import { accessOf, type ServedSession } from "./access.js";
import { dispatch } from "./dispatch.js";

/** Bytes waiting for a reader, above which its connection is cut. */
const MAX_BUFFERED = 16 << 20;

/** Calls of one connection that may be under way at a time. */
const MAX_IN_FLIGHT = 64;

/** Settings of the WebSocket side. */
export interface SocketOptions {
  readonly sessions: readonly ServedSession[];
  readonly maxBodyBytes: number;
  readonly maxBatch: number;
  readonly maxConnections: number;
}

/** Serves JSON-RPC over WebSocket on an HTTP server's upgrades, under the same checks. */
export function serveSockets(server: Server, options: SocketOptions): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: options.maxBodyBytes, perMessageDeflate: false });
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // The HTTP server takes its own listener off an upgraded stream: a peer that resets it would end the process.
    stream.on("error", () => stream.destroy());
    const access = accessOf(request, options.sessions);
    if (!access.ok || sockets.clients.size >= options.maxConnections) {
      const status = access.ok
        ? "503 Service Unavailable"
        : access.status === 401
          ? "401 Unauthorized"
          : "403 Forbidden";
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => serveSocket(socket, access.session.provider, options));
  });
  return {
    close() {
      for (const socket of sockets.clients) {
        socket.close(1001, "the wallet is closing");
        setTimeout(() => socket.terminate(), 500).unref();
      }
      sockets.close();
    },
  };
}

interface Notification {
  readonly type: string;
  readonly data: { readonly subscription: string; readonly result: Json };
}

function serveSocket(socket: WebSocket, provider: SeroProvider, options: SocketOptions): void {
  const gone = new AbortController();
  const own = new Set<string>();
  let inFlight = 0;
  const tell = ({ data }: Notification): void => {
    if (!own.has(data.subscription) || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED) return socket.terminate();
    socket.send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params: data }));
  };
  provider.on("message", tell);
  const endOwn = (): void => {
    for (const id of own) provider.request({ method: "eth_unsubscribe", params: [id] }).catch(() => undefined);
    own.clear();
  };
  const ask = async (request: { readonly method: string; readonly params?: readonly unknown[] }): Promise<Json> => {
    const { method, params = [] } = request;
    // Nobody ends another connection's subscription.
    if (method === "eth_unsubscribe" && !own.delete(String(params[0]))) return false;
    const result = await provider.request({ method, params }, gone.signal);
    if (method === "eth_subscribe" && typeof result === "string") {
      own.add(result);
      // Its reader left while it was being made: nobody else would end it.
      if (gone.signal.aborted) endOwn();
    }
    return result;
  };
  socket.on("message", (message, isBinary) => {
    if (isBinary || inFlight >= MAX_IN_FLIGHT) {
      socket.close(isBinary ? 1003 : 1008, isBinary ? "text only" : "too many calls at a time");
      return;
    }
    inFlight++;
    void dispatch(message.toString(), (request) => ask(request as Parameters<typeof ask>[0]), options.maxBatch)
      .then((reply) => {
        if (reply === undefined || socket.readyState !== socket.OPEN) return;
        if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
        else socket.send(reply);
      })
      .finally(() => inFlight--);
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    gone.abort();
    provider.removeListener("message", tell);
    endOwn();
  });
}
