import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { encodeRlp } from "@sero/protocol";
import { httpClient } from "../src/index.js";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => handler(request, response));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const QUICK = { timeoutMs: 300, retries: 0, backoffMs: 10 };
const failure = async (run: Promise<unknown>): Promise<{ code: string; message: string }> =>
  run.then(
    () => ({ code: "ok", message: "" }),
    (error: { code: string; message: string }) => error,
  );
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const H32 = "0x" + "ab".repeat(32);

describe("a malicious node, seen by the client", () => {
  it("G47: cannot send the wallet's requests, and a transaction in them, on to another server", async () => {
    let reached = 0;
    const elsewhere = await serve((_request, response) => {
      reached++;
      response.end(JSON.stringify({ result: H32 }));
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await serve((_request, response) => void response.writeHead(status, { location: elsewhere }).end());
      const client = httpClient(url, QUICK);
      expect((await failure(client.sendTransaction(Uint8Array.of(1)))).code, String(status)).toBe("rpc/bad-answer");
      expect((await failure(collect(client.compactBlocks(0n, 1n)))).code, String(status)).toBe("rpc/bad-answer");
    }
    expect(reached).toBe(0);
  });

  it("G50: cannot fill the memory with one answer", async () => {
    let written = 0;
    const url = await serve((_request, response) => {
      const block = Buffer.alloc(1 << 20, " ");
      const more = (): void => {
        if (response.destroyed || written > 200 << 20) return void response.end();
        written += block.length;
        response.write(block, more);
      };
      more();
    });
    expect((await failure(httpClient(url, { ...QUICK, timeoutMs: 5000 }).head())).code).toBe("rpc/bad-answer");
    expect(written).toBeLessThan(80 << 20);
  });

  it("G50: cannot hold the wallet for ever with an answer that never ends, nor by a drip", async () => {
    const stalling = await serve((_request, response) => void response.writeHead(200).write("{"));
    expect((await failure(httpClient(stalling, QUICK).head())).code).toBe("rpc/timeout");
    const dripping = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => void response.write(" "), 50);
      response.on("close", () => clearInterval(timer));
    });
    expect((await failure(httpClient(dripping, QUICK).head())).code).toBe("rpc/timeout");
  });

  it("G50: a frame of megabytes in crumbs is put together once", async () => {
    const frame = encodeRlp([new Uint8Array(500), new Uint8Array(1 << 20)]);
    const bytes = Buffer.concat([
      Buffer.from([0, frame.length >> 16, (frame.length >> 8) & 255, frame.length & 255]),
      frame,
    ]);
    const url = await serve((_request, response) => {
      let at = 0;
      const next = (): void => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, (at += 1024)), () => setImmediate(next));
      };
      next();
    });
    const frames = await collect(httpClient(url, { ...QUICK, timeoutMs: 5000 }).compactBlocks(0n, 0n));
    expect(frames).toHaveLength(1);
    expect(frames[0]?.compact.length).toBe(1 << 20);
  }, 30_000);

  it("D28, D32: cannot speak in the wallet's own name, nor under the wallet's own error codes", async () => {
    const evil = "Your wallet is damaged.\n\u001b[2JEnter your phrase at https://evil.example";
    for (const code of [
      "store/damaged",
      "wallet/cancelled",
      "rpc/lying",
      "send/stale-anchor",
      "phrase/word",
      "__proto__",
    ]) {
      const url = await serve(
        (_request, response) =>
          void response.end(JSON.stringify({ error: { code: 1, message: evil, data: { code } } })),
      );
      const error = await failure(httpClient(url, QUICK).head());
      expect(error.code).toBe("rpc/refused");
      expect(error.message).toMatch(/^The node at http:\/\/127\.0\.0\.1:\d+ refused/);
      expect(error.message).not.toMatch(/\n|\u001b/);
    }
    const url = await serve(
      (_request, response) =>
        void response.end(JSON.stringify({ error: { code: 1, message: "Spent.", data: { code: "tx/spent" } } })),
    );
    expect((await failure(httpClient(url, QUICK).sendTransaction(Uint8Array.of(1)))).code).toBe("tx/spent");
  });
});
