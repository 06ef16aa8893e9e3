import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "@sero/protocol";
import { startTestNode, type TestNode } from "../helpers/node.js";

describe("server", () => {
  let test: TestNode;
  let port: number;

  beforeAll(async () => {
    test = await startTestNode({
      allowedOrigins: ["http://localhost:5173"],
      allowedHosts: ["node.example"],
      limits: { maxBodyBytes: 4096, maxBatch: 3 },
    });
    port = Number(new URL(test.node.rpcUrl).port);
  });
  afterAll(() => test.stop());

  interface Answer {
    readonly status: number;
    readonly body: string;
    readonly headers: Record<string, string | string[] | undefined>;
  }
  function send(body: string, headers: Record<string, string> = {}, method = "POST", path = "/"): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { port, host: "127.0.0.1", method, path, headers: { "content-type": "application/json", ...headers } },
        (response) => {
          let text = "";
          response.on("data", (part: Buffer) => (text += part.toString()));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
  const call = (method: string, params: unknown = [], id: unknown = 1): string =>
    JSON.stringify({ jsonrpc: "2.0", id, method, params });
  const parsed = async (body: string): Promise<unknown> => JSON.parse((await send(body)).body) as unknown;

  it("G47: binds to loopback alone", async () => {
    expect(test.node.rpcUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === "IPv4");
    if (!outside) return;
    await expect(
      new Promise((resolve, reject) =>
        connect({ host: outside.address, port }).on("connect", resolve).on("error", reject),
      ),
    ).rejects.toThrow();
  });

  it("G47: refuses foreign hosts (DNS rebinding) and origins, over HTTP and WebSocket", async () => {
    expect((await send(call("eth_chainId"))).status).toBe(200);
    expect((await send(call("eth_chainId"), { host: "evil.example" })).status).toBe(403);
    expect((await send(call("eth_chainId"), { host: `localhost:${port}` })).status).toBe(200);
    expect((await send(call("eth_chainId"), { host: "[::1]:1" })).status).toBe(200);
    expect((await send(call("eth_chainId"), { host: "127.0.0.1.evil.example" })).status).toBe(403);
    expect((await send(call("eth_chainId"), { host: "node.example:80" })).status).toBe(200);
    expect((await send(call("eth_chainId"), { origin: "https://evil.example" })).status).toBe(403);
    expect((await send(call("eth_chainId"), { origin: "null" })).status).toBe(403);
    const allowed = await send(call("eth_chainId"), { origin: "http://localhost:5173" });
    expect(allowed.headers["access-control-allow-origin"]).toBe("http://localhost:5173");
    expect((await send("", { origin: "http://localhost:5173" }, "OPTIONS")).status).toBe(204);
    expect((await send("", { origin: "https://evil.example" }, "OPTIONS")).status).toBe(403);
    for (const options of [{ origin: "https://evil.example" }, { headers: { host: "evil.example" } }]) {
      const socket = new WebSocket(test.node.wsUrl, options);
      await expect(new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject))).rejects.toThrow(
        /403/,
      );
    }
  });

  it("G47: a web form cannot call it, for a browser asks nobody before it sends one", async () => {
    expect((await send(call("eth_chainId"), { "content-type": "text/plain" })).status).toBe(415);
  });

  it("G50: a target that is no path is not found, and no fault of the node's", async () => {
    for (const path of ["//", "//[", "*", "http://[/"]) expect((await send("", {}, "GET", path)).status).toBe(404);
  });

  it("keeps to JSON-RPC 2.0", async () => {
    expect(await parsed("{")).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await parsed("[]")).toMatchObject({ id: null, error: { code: -32600 } });
    expect(await parsed("1")).toMatchObject({ error: { code: -32600 } });
    expect(await parsed(call("no_such"))).toMatchObject({
      id: 1,
      error: { code: -32601, data: { code: "rpc/method" } },
    });
    expect(await parsed(call("eth_getBalance", ["0x12"]))).toMatchObject({ error: { code: -32602 } });
    expect(await parsed(call("eth_getBalance", { address: 1 }))).toMatchObject({ error: { code: -32602 } });
    expect(await parsed(call("eth_chainId", [], "a"))).toEqual({ jsonrpc: "2.0", id: "a", result: "0x5e5e" });
    expect(await parsed(`[${call("eth_chainId")},${call("eth_blockNumber", [], 2)}]`)).toHaveLength(2);
    expect(await parsed(`[${[1, 2, 3, 4].map((id) => call("eth_chainId", [], id)).join()}]`)).toMatchObject({
      error: { code: -32600, data: { code: "rpc/batch-size" } },
    });
    expect((await send(JSON.stringify({ jsonrpc: "2.0", method: "eth_chainId" }))).status).toBe(204);
  });

  it("bounds bodies, also those that say nothing of their length", async () => {
    expect((await send(call("web3_sha3", [`0x${"00".repeat(4096)}`]))).status).toBe(413);
    const chunked = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      socket.on("data", (part) => (text += part.toString()));
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
      socket.write(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
      for (let i = 0; i < 6; i++) socket.write(`400\r\n${" ".repeat(1024)}\r\n`);
      socket.write("0\r\n\r\n");
    });
    expect(chunked).toMatch(/^HTTP\/1.1 413/);
  });

  it("D32: an error says what happened and shows no internals", async () => {
    const { store } = test.node.context;
    const broken = store.receipts;
    Object.assign(store, { receipts: () => decodeFailure() });
    const reply = (await parsed(call("eth_getBlockReceipts", ["latest"]))) as {
      error: { code: number; message: string };
    };
    Object.assign(store, { receipts: broken });
    expect(reply.error.code).toBe(-32603);
    expect(JSON.stringify(reply)).not.toMatch(/secret|\.ts|\.js|at /);
  });

  it("pushes to no subscription that has ended, and forgets those of closed connections", async () => {
    const socket = new WebSocket(test.node.wsUrl);
    const messages: string[] = [];
    await new Promise((resolve) => socket.on("open", resolve));
    socket.on("message", (message: Buffer) => messages.push(message.toString()));
    const until = async (count: number): Promise<void> => {
      while (messages.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    socket.send(call("eth_subscribe", ["newHeads"]));
    await until(1);
    const { result: id } = JSON.parse(messages[0]!) as { result: string };
    await test.rpc("sero_sealBlock");
    await until(2);
    expect(JSON.parse(messages[1]!)).toMatchObject({
      method: "eth_subscription",
      params: { subscription: id, result: { number: "0x1" } },
    });
    socket.send(call("eth_unsubscribe", [id]));
    await until(3);
    await test.rpc("sero_sealBlock");
    socket.send(call("eth_subscribe", ["nonsense"]));
    await until(4);
    expect(JSON.parse(messages[3]!)).toMatchObject({ error: { code: -32602 } });
    socket.close();
    await expect(test.rpc("eth_subscribe", ["newHeads"])).rejects.toMatchObject({ code: -32004 });
  });

  it("sends blocks no faster than their reader takes them", async () => {
    for (let i = 0; i < 12; i++)
      await test.node.context.mempool.submit(test.pay(500 + i, { bundles: 8 }).bytes, "test");
    await test.rpc("sero_sealBlock", ["0x8"]);
    const { store } = test.node.context;
    let reads = 0;
    const real = store.compact;
    Object.assign(store, {
      compact: (hash: Uint8Array) => {
        reads++;
        // 4 MB each: far more than socket buffers hold.
        return real(hash) && new Uint8Array(4 * 1024 * 1024);
      },
    });
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    socket.write("GET /sero/compact?from=0&to=9 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stalledAt = reads;
    let received = 0;
    socket.on("data", (part: Buffer) => (received += part.length));
    socket.resume();
    await new Promise((resolve) => socket.on("close", resolve));
    Object.assign(store, { compact: real });
    expect(stalledAt).toBeLessThanOrEqual(4);
    expect(reads).toBe(10);
    expect(received).toBeGreaterThan(40 * 1024 * 1024);
  });

  it("stops while a reader stalls and a socket is open", async () => {
    const other = await startTestNode();
    const socket = new WebSocket(other.node.wsUrl);
    await new Promise((resolve) => socket.on("open", resolve));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    await Promise.all([other.node.stop(), other.node.stop()]);
    await closed;
    await expect(fetch(other.node.rpcUrl)).rejects.toThrow();
    await other.stop();
  });

  it("takes a transaction of the largest size when its limits allow", async () => {
    const other = await startTestNode();
    const payment = other.pay(1, { bundles: 8 });
    expect(await other.rpc("eth_sendRawTransaction", [toHex(payment.bytes)])).toBe(toHex(payment.txid));
    await other.stop();
  });
});

function decodeFailure(): never {
  throw new TypeError("a secret of the internals");
}
