import { WebSocket } from "ws";
import { z } from "zod";
import { CODES, ProviderRpcError } from "./errors.js";
import type { Json } from "./json.js";
import { httpNode, readReply, type NodeAccess, type NodeSubscription } from "./node.js";

const notification = z.object({
  method: z.literal("eth_subscription"),
  params: z.object({ subscription: z.string(), result: z.json() }),
});
const numbered = z.looseObject({ id: z.number() });

const OPEN_MS = 5_000;

const silent = (): ProviderRpcError =>
  new ProviderRpcError(CODES.disconnected, "The wallet's node does not take subscriptions. Start it, or poll instead.");

interface Line {
  ask(method: string, params: readonly unknown[]): Promise<Json>;
  readonly listeners: Map<string, (result: Json) => void>;
  readonly isOpen: () => boolean;
  close(): void;
}

/** A node over HTTP, and over a WebSocket on the same port once somebody subscribes. */
export function nodeAccess(url: string): NodeAccess {
  let line: Promise<Line> | undefined;
  const connected = async (): Promise<Line> => {
    const open = await (line ??= openLine(url.replace(/^http/, "ws"))).catch(() => undefined);
    if (open?.isOpen() === true) return open;
    line = openLine(url.replace(/^http/, "ws"));
    return line;
  };
  return {
    ...httpNode(url),
    async subscribe(params, onResult): Promise<NodeSubscription> {
      const { ask, listeners } = await connected();
      const id = String(await ask("eth_subscribe", params));
      listeners.set(id, onResult);
      return {
        id,
        close() {
          listeners.delete(id);
          ask("eth_unsubscribe", [id]).catch(() => undefined);
        },
      };
    },
    close: () => void line?.then((open) => open.close()).catch(() => undefined),
  };
}

function openLine(url: string): Promise<Line> {
  const socket = new WebSocket(url, { handshakeTimeout: OPEN_MS, maxPayload: 16 << 20, followRedirects: false });
  const waiting = new Map<number, { resolve: (value: Json) => void; reject: (error: unknown) => void }>();
  const listeners = new Map<string, (result: Json) => void>();
  let next = 1;
  socket.on("message", (message) => {
    const value = parse(message.toString());
    const told = notification.safeParse(value);
    if (told.success) return listeners.get(told.data.params.subscription)?.(told.data.params.result);
    const reply = numbered.safeParse(value);
    const asked = reply.success ? waiting.get(reply.data.id) : undefined;
    if (asked === undefined || !reply.success) return;
    waiting.delete(reply.data.id);
    try {
      asked.resolve(readReply(value));
    } catch (error) {
      asked.reject(error);
    }
  });
  const end = (): void => {
    for (const { reject } of waiting.values()) reject(silent());
    waiting.clear();
  };
  return new Promise((resolve, reject) => {
    socket.on("error", () => {
      end();
      reject(silent());
    });
    socket.on("close", end);
    socket.once("open", () =>
      resolve({
        listeners,
        isOpen: () => socket.readyState === socket.OPEN,
        close: () => socket.terminate(),
        ask: (method, params) =>
          new Promise((done, failed) => {
            if (socket.readyState !== socket.OPEN) return failed(silent());
            const id = next++;
            waiting.set(id, { resolve: done, reject: failed });
            socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
          }),
      }),
    );
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
