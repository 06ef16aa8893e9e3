import { request } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";

describe("sockets under attack", () => {
  let test: TestNode;
  let port: number;
  beforeAll(async () => {
    test = await startTestNode({ limits: { maxSockets: 4 } });
    port = Number(new URL(test.node.rpcUrl).port);
  });
  afterAll(() => test.stop());

  it("G47, G50: a refused upgrade whose sender resets the connection does not end the node", async () => {
    const failures: unknown[] = [];
    const note = (error: unknown): void => void failures.push(error);
    process.on("uncaughtException", note);
    try {
      for (let i = 0; i < 200; i++) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => {
            socket.write(
              "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
                "x".repeat(70_000),
              () => {
                if (i % 2 === 0) socket.resetAndDestroy();
                else setImmediate(() => socket.resetAndDestroy());
              },
            );
          });
          socket.on("error", () => undefined);
          socket.on("close", () => resolve());
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await test.rpc("eth_chainId")).toBe("0x5e5e");
      expect(failures).toEqual([]);
    } finally {
      process.off("uncaughtException", note);
    }
  });

  it("G47: a page's image cannot use up the streams: it comes without an Origin, but the browser says whose it is", async () => {
    const get = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          { port, host: "127.0.0.1", path: "/sero/compact?from=0&to=0", headers },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        outgoing.on("error", reject);
        outgoing.end();
      });
    expect(await get({})).toBe(200);
    expect(await get({ "sec-fetch-site": "none" })).toBe(200);
    expect(await get({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await get({ "sec-fetch-site": "same-site" })).toBe(403);
  });

  it("G50: who asks and never reads is cut off before the answers fill the memory", async () => {
    const socket = new WebSocket(test.node.wsUrl);
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    let received = 0;
    socket.on("message", (message: Buffer) => (received += message.length));
    const closed = new Promise<boolean>((resolve) => {
      socket.on("close", () => resolve(true));
      setTimeout(() => resolve(false), 20_000).unref();
    });
    socket.on("error", () => undefined);
    socket.pause();
    const call = { jsonrpc: "2.0", method: "eth_getBlockByNumber", params: ["0x0", true] };
    const batch = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ ...call, id })));
    for (let sent = 0; sent < 320; sent += 4) {
      for (let i = 0; i < 4; i++) socket.send(batch, () => undefined);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    socket.resume();
    socket.send(JSON.stringify({ ...call, id: "last" }), () => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3000))]);
    socket.terminate();
    expect(received).toBeLessThan(40 * 1024 * 1024);
  }, 30_000);
});
