import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "@sero/protocol";
import { RPC_METHODS } from "../../src/rpc/registry.js";
import { LIGHT_METHODS } from "../../src/server/index.js";
import { startTestNode, type TestNode } from "../helpers/node.js";

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: IncomingMessage["headers"];
}

function ask(
  url: string,
  { path = "/", method = "POST", headers = {}, body = "" }: Record<string, never> | Ask,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type: Record<string, string> = method === "POST" ? { "content-type": "application/json" } : {};
    const outgoing = httpRequest(`${url}${path}`, { method, headers: { ...type, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts), headers: response.headers }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function sealBlocks(test: TestNode, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await test.node.context.sealer!.seal();
}

const call = (method: string, params: unknown = []): string =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
const json = (answer: Answer): { readonly result?: unknown; readonly error?: { readonly data?: unknown } } =>
  JSON.parse(answer.body.toString()) as never;

describe("the light port", () => {
  let test: TestNode;
  let url: string;
  beforeAll(async () => {
    test = await startTestNode({ light: { port: 0, names: ["wallets.example"], origins: ["https://wallet.example"] } });
    url = test.node.lightUrl!;
    await test.node.context.mempool.submit(test.pay(1).bytes, "test");
    await sealBlocks(test, 3);
  });
  afterAll(() => test.stop());

  it("is on loopback unless the operator says otherwise, and not there unless asked for", async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const other = await startTestNode();
    expect(other.node.lightUrl).toBeUndefined();
    await other.stop();
    const open = await startTestNode({ light: { port: 0, host: "0.0.0.0" } });
    const { port } = new URL(open.node.lightUrl!);
    // Whatever name leads to it: nothing that it answers is for this machine's eyes alone.
    const answer = await ask(`http://127.0.0.1:${port}`, { body: call("sero_head"), headers: { host: "any.example" } });
    expect(answer.status).toBe(200);
    await open.stop();
  });

  it("answers what a wallet restores itself from: chain, head, ranges of blocks and memos, proofs of the Pool", async () => {
    const main = test.node.rpcUrl;
    const questions: [string, unknown[]][] = [
      ["sero_chain", []],
      ["sero_head", []],
      ["sero_treeState", ["0x2"]],
      ["sero_compactBlocks", ["0x0", "0x3"]],
      ["sero_memos", ["0x0", "0x3"]],
      ["sero_assets", ["0x0", "0x3"]],
      ["sero_packages", ["0x0", "0x3"]],
      ["sero_subtreeRoots", [2, "0x0", 1]],
      ["sero_poolProof", [toHex(test.node.context.chain.head().hash)]],
      ["eth_chainId", []],
      ["eth_blockNumber", []],
    ];
    expect([...questions.map(([name]) => name), "eth_sendRawTransaction"].sort()).toEqual([...LIGHT_METHODS].sort());
    for (const [method, params] of questions) {
      const mine = json(await ask(url, { body: call(method, params) }));
      expect(mine, method).toEqual(json(await ask(main, { body: call(method, params) })));
      expect(mine.error, method).toBeUndefined();
    }
    for (const path of ["/sero/compact?from=0&to=3", "/sero/memos?from=0&to=3"]) {
      const mine = await ask(url, { path, method: "GET" });
      expect(mine.status).toBe(200);
      expect(mine.body.equals((await ask(main, { path, method: "GET" })).body), path).toBe(true);
    }
    const payment = test.pay(7);
    const sent = json(await ask(url, { body: call("eth_sendRawTransaction", [toHex(payment.bytes)]) }));
    expect(sent.result).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("G49: no method asks for a single note, transaction, address or contract", async () => {
    const others = RPC_METHODS.map(({ name }) => name).filter((name) => !LIGHT_METHODS.includes(name));
    expect(others.length).toBeGreaterThan(40);
    const single = /get(?!Chain)|call$|simulate|estimate|filter|subscribe|trace|proof$|account/i;
    expect(LIGHT_METHODS.filter((name) => single.test(name))).toEqual(["sero_poolProof"]);
    for (const method of [...others, "engine_newPayloadV2", "constructor", "__proto__"]) {
      const { error } = json(await ask(url, { body: call(method, []) }));
      expect(error, method).toMatchObject({ code: -32601, data: { code: "rpc/method" } });
    }
  });

  it("has no WebSocket: subscriptions would name what is waited for", async () => {
    const socket = new WebSocket(url.replace("http", "ws"));
    await expect(new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject))).rejects.toThrow();
  });

  it("G47: is asked under its own names, and by the pages that may", async () => {
    const head = call("sero_head");
    expect((await ask(url, { body: head, headers: { host: "wallets.example:443" } })).status).toBe(200);
    expect((await ask(url, { body: head, headers: { host: "evil.example" } })).status).toBe(403);
    expect((await ask(url, { body: head, headers: { origin: "https://evil.example" } })).status).toBe(403);
    const page = await ask(url, { body: head, headers: { origin: "https://wallet.example" } });
    expect(page.headers["access-control-allow-origin"]).toBe("https://wallet.example");
    const preflight = await ask(url, { method: "OPTIONS", headers: { origin: "https://wallet.example" } });
    expect(preflight).toMatchObject({ status: 204 });
    expect(preflight.headers["access-control-allow-headers"]).toBe("content-type");
    expect(
      (
        await ask(url, {
          method: "GET",
          path: "/sero/compact?from=0&to=1",
          headers: { "sec-fetch-site": "cross-site" },
        })
      ).status,
    ).toBe(403);
    const open = await startTestNode({ light: { port: 0, origins: ["*"] } });
    const any = await ask(open.node.lightUrl!, { body: head, headers: { origin: "https://other.example" } });
    expect(any.headers["access-control-allow-origin"]).toBe("*");
    expect(any.headers["access-control-allow-credentials"]).toBeUndefined();
    await open.stop();
  });

  it("G50: bounds bodies, types, verbs and paths", async () => {
    expect((await ask(url, { body: "x".repeat(400 * 1024) })).status).toBe(413);
    expect((await ask(url, { body: "{}", headers: { "content-type": "text/plain" } })).status).toBe(415);
    expect((await ask(url, { method: "PUT" })).status).toBe(405);
    for (const path of ["/", "//", "/metrics", "/sero/notes?from=0&to=1"]) {
      expect((await ask(url, { method: "GET", path })).status).toBe(404);
    }
    const batch = `[${Array.from({ length: 17 }, () => call("sero_head")).join()}]`;
    expect(json(await ask(url, { body: batch }))).toMatchObject({ error: { data: { code: "rpc/batch-size" } } });
  });

  it("the largest transaction fits into a request", async () => {
    const { maxBodyBytes } = (await import("../../src/server/index.js")).LIGHT_LIMITS;
    expect(call("eth_sendRawTransaction", [`0x${"00".repeat(128 * 1024)}`]).length).toBeLessThan(maxBodyBytes);
  });
});

describe("the light port's limits", () => {
  const open = (limits: object, more: object = {}): Promise<TestNode> =>
    startTestNode({ metricsPort: 0, light: { port: 0, limits, ...more } });

  it("G50: calls of one address are counted, those in batches too; others are not held up", async () => {
    const test = await open({ requests: { burst: 5, perSecond: 0.001 } }, { behindProxy: true });
    const from = (address: string): Promise<Answer> =>
      ask(test.node.lightUrl!, { body: call("sero_head"), headers: { "x-forwarded-for": address } });
    const batch = `[${Array.from({ length: 4 }, () => call("sero_head")).join()}]`;
    await ask(test.node.lightUrl!, { body: batch, headers: { "x-forwarded-for": "203.0.113.1" } });
    expect((await from("203.0.113.1")).status).toBe(200);
    const limited = await from("203.0.113.1");
    expect(limited.status).toBe(429);
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    expect((await from("203.0.113.2")).status).toBe(200);
    const long = `[${Array.from({ length: 6 }, () => call("sero_head")).join()}]`;
    const replies = JSON.parse(
      (await ask(test.node.lightUrl!, { body: long, headers: { "x-forwarded-for": "203.0.113.3" } })).body.toString(),
    ) as { error?: { data: { code: string } } }[];
    expect(replies.map(({ error }) => error?.data.code)).toEqual([...Array<undefined>(5).fill(undefined), "rpc/limit"]);
    const metrics = await (await fetch(`${test.node.metricsUrl!}/metrics`)).text();
    expect(metrics).toMatch(/sero_light_requests_total\{outcome="limited"\} 1/);
    expect(metrics).toMatch(/sero_light_bytes_total [1-9]/);
    expect(metrics).not.toContain("203.0.113");
    await test.stop();
  });

  it("E38: transactions of one address have a bound of their own", async () => {
    const test = await open({ submits: { burst: 2, perSecond: 0.001 } });
    const send = async (seed: number): Promise<unknown> =>
      json(await ask(test.node.lightUrl!, { body: call("eth_sendRawTransaction", [toHex(test.pay(seed).bytes)]) }));
    expect(await send(1)).toHaveProperty("result");
    expect(await send(2)).toHaveProperty("result");
    expect(await send(3)).toMatchObject({ error: { data: { code: "rpc/limit" } } });
    expect(test.node.context.mempool.size).toBe(2);
    await test.stop();
  });

  it("G50: a stream of blocks goes no faster than the bytes that its reader has left, and still arrives", async () => {
    const test = await open({ bytes: { burst: 2_000, perSecond: 20_000 } });
    await sealBlocks(test, 20);
    const path = "/sero/compact?from=0&to=20";
    const whole = await ask(test.node.rpcUrl, { path, method: "GET" });
    const start = performance.now();
    const paced = await ask(test.node.lightUrl!, { path, method: "GET" });
    expect(paced.body.equals(whole.body)).toBe(true);
    expect(performance.now() - start).toBeGreaterThan(((whole.body.length - 4_000) / 20_000) * 1000);
    await test.stop();
  });

  it("G50: a stream ends at a block's end when its time is over; its reader asks again from there", async () => {
    const test = await open({ streamMs: 50, bytes: { burst: 1, perSecond: 10_000 } });
    await sealBlocks(test, 20);
    const { body, status } = await ask(test.node.lightUrl!, { path: "/sero/compact?from=0&to=20", method: "GET" });
    expect(status).toBe(200);
    let [at, frames] = [0, 0];
    for (; at < body.length; frames++) at += 4 + body.readUInt32BE(at);
    expect(at).toBe(body.length);
    expect(frames).toBeGreaterThan(0);
    expect(frames).toBeLessThan(21);
    await test.stop();
  });

  it("G50: connections and streams of one address are bounded; one that says nothing takes no other's place", async () => {
    const test = await open({ maxConnectionsOfOne: 3, maxStreamsOfOne: 1, bytes: { burst: 1, perSecond: 300 } });
    await sealBlocks(test, 5);
    const { port } = new URL(test.node.lightUrl!);
    const slow = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => slow.once("connect", resolve));
    slow.write("GET /sero/compact?from=0&to=5 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await new Promise((resolve) => slow.once("data", resolve));
    const second = await ask(test.node.lightUrl!, { path: "/sero/compact?from=0&to=5", method: "GET" });
    expect(second.status).toBe(429);
    const silent = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => silent.once("connect", resolve));
    const closed = (socket: Socket): Promise<boolean> =>
      new Promise((resolve) => socket.once("close", () => resolve(true)).on("error", () => undefined));
    const third = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await closed(connect(Number(port), "127.0.0.1"))).toBe(true);
    for (const socket of [slow, silent, third]) socket.destroy();
    await expect
      .poll(() =>
        ask(test.node.lightUrl!, { method: "PUT" }).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .not.toBe(0);
    await test.stop();
  });
});

describe("ports of a node behind a proxy", () => {
  it("G48: none is open to the world, where a stranger who asks it learns where the node is", async () => {
    const p2p = { listen: [], bootstrap: [], socks: { host: "127.0.0.1", port: 9 } };
    for (const ports of [{ light: { port: 0, host: "0.0.0.0" } }, { rpcHost: "0.0.0.0" }]) {
      await expect(startTestNode({ p2p, ...ports })).rejects.toMatchObject({ code: "p2p/tor-port" });
    }
    const hidden = await startTestNode({ p2p, light: { port: 0, host: "127.0.0.1" } });
    await hidden.stop();
  });
});
