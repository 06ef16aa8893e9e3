import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a proxy answers in the node's place: a result, a break of the connection, or nothing of its own (undefined). */
export type Answer = { readonly result: unknown } | "drop" | undefined;

/** What a proxy does to what passes through it. Set anew for each test. */
export interface Tampering {
  /** Sees every JSON-RPC call, and `forward`, which asks the node. */
  readonly call?: (
    method: string,
    params: readonly unknown[],
    forward: () => Promise<unknown>,
  ) => Promise<Answer> | Answer;
  /** Sees every binary stream (path and query) and gives what is sent on. */
  readonly stream?: (path: string, body: Uint8Array) => Uint8Array;
}

/** A proxy in front of a real node, which may lie. */
export interface Proxy {
  readonly url: string;
  /** Calls that passed since the last `become`. */
  readonly calls: () => readonly string[];
  readonly become: (tampering: Tampering) => void;
  readonly close: () => Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
};

/** Starts a proxy that hands everything on unchanged until it is told otherwise. */
export const openProxy = async (target: string): Promise<Proxy> => {
  let tampering: Tampering = {};
  let calls: string[] = [];

  const onCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: readonly unknown[] };
    calls.push(method);
    const ask = async (): Promise<{ result?: unknown }> => {
      const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
      return (await answer.json()) as { result?: unknown };
    };
    const own = await tampering.call?.(method, params, async () => (await ask()).result);
    if (own === "drop") {
      response.destroy();
      return;
    }
    const reply = own === undefined ? await ask() : { jsonrpc: "2.0", id, ...own };
    response.setHeader("content-type", "application/json").end(JSON.stringify(reply));
  };

  const onStream = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/";
    const answer = await fetch(new URL(path, target));
    const bytes = new Uint8Array(await answer.arrayBuffer());
    response.statusCode = answer.status;
    response.end(answer.ok ? (tampering.stream?.(path, bytes) ?? bytes) : bytes);
  };

  const server = createServer((request, response) => {
    const handle = request.method === "POST" ? onCall : onStream;
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    become: (next) => {
      tampering = next;
      calls = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The frames of a stream (4 bytes of length, big-endian, then so many bytes). */
export const framesOf = (body: Uint8Array): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = new DataView(body.buffer, body.byteOffset + at, 4).getUint32(0);
    frames.push(body.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
};

/** A stream of frames. */
export const streamOf = (frames: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(
    frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  );
