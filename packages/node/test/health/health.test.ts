import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "@sero/protocol";
import { startTestNode, type TestNode } from "../helpers/node.js";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function get(url: string, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      let body = "";
      response.on("data", (part: Buffer) => (body += part.toString()));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", body }),
      );
    });
    outgoing.on("error", reject).end();
  });
}

/** Values by name with labels, as Prometheus reads them. */
function values(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

describe("the health port", () => {
  let test: TestNode;
  let url: string;
  beforeAll(async () => {
    test = await startTestNode({ metricsPort: 0 });
    url = test.node.metricsUrl!;
  });
  afterAll(() => test.stop());

  it("is on loopback, and not there unless asked for", async () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const other = await startTestNode();
    expect(other.node.metricsUrl).toBeUndefined();
    await other.stop();
  });

  it("says that the node lives and is ready: a sealer needs no consensus client", async () => {
    expect(await get(url, "/health")).toMatchObject({ status: 200, body: '{"status":"ok"}\n' });
    expect(await get(url, "/ready")).toMatchObject({ status: 200, body: '{"ready":true,"reasons":[]}\n' });
  });

  it("G47: answers no page: foreign hosts (DNS rebinding), origins, and what browsers say is another site", async () => {
    for (const path of ["/health", "/ready", "/metrics"]) {
      expect((await get(url, path, { host: "evil.example" })).status).toBe(403);
      expect((await get(url, path, { origin: "https://evil.example" })).status).toBe(403);
      expect((await get(url, path, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    }
    expect((await get(url, "/metrics", {}, "POST")).status).toBe(405);
    expect((await get(url, "/constructor")).status).toBe(404);
    expect((await get(url, "//")).status).toBe(404);
  });

  it("shows head, pool, store and process as Prometheus reads them", async () => {
    const { sealer, mempool } = test.node.context;
    const payment = test.pay(1);
    await mempool.submit(payment.bytes, "test");
    const before = await get(url, "/metrics");
    expect(before.type).toMatch(/^text\/plain/);
    expect(values(before.body).get("sero_mempool_transactions")).toBe(1);
    expect(values(before.body).get("sero_mempool_bytes")).toBe(payment.bytes.length);
    await sealer!.seal();
    const after = values((await get(url, "/metrics")).body);
    expect(after.get("sero_head_number")).toBe(1);
    expect(after.get("sero_mempool_transactions")).toBe(0);
    expect(after.get("sero_verification_queue")).toBe(0);
    expect(after.get("sero_syncing")).toBe(0);
    expect(after.get('sero_block_import_seconds_count{result="valid"}')).toBe(1);
    expect(after.get("sero_block_build_seconds_count")).toBeGreaterThan(0);
    expect(after.get('sero_peers{direction="inbound"}')).toBe(0);
    expect(after.get("sero_reorganisations_total")).toBe(0);
    expect(after.get("sero_store_bytes")).toBeGreaterThan(4096);
    expect(after.get("sero_disk_free_bytes")).toBeGreaterThan(0);
    expect(after.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    // Nobody called: no number, rather than one that looks like an age.
    expect(after.has("sero_seconds_since_consensus_call")).toBe(false);
  });

  it("holds nothing of single transactions, callers or paths", async () => {
    const payment = test.pay(2);
    const txid = await test.node.context.mempool.submit(payment.bytes, "rpc:198.51.100.7");
    const { body } = await get(url, "/metrics");
    for (const secret of [toHex(txid), toHex(txid).slice(2), "198.51.100.7", "127.0.0.1", test.dataDir]) {
      expect(body.toLowerCase()).not.toContain(secret);
    }
  });
});

describe("a node that a consensus client drives", () => {
  it("is ready when its client has called, and counts its calls by method", async () => {
    const { issueToken } = await import("../../src/index.js");
    const { readFileSync } = await import("node:fs");
    const test = await startTestNode({ metricsPort: 0, engine: { port: 0 }, ...({ sealer: undefined } as object) });
    const url = test.node.metricsUrl!;
    const secret = Buffer.from(readFileSync(`${test.dataDir}/jwt.hex`, "utf8").trim().slice(2), "hex");
    const call = (method: string, params: unknown[]): Promise<Response> =>
      fetch(test.node.engineUrl!, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${issueToken(secret, Math.floor(Date.now() / 1000))}`,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
    const { status, body } = await get(url, "/ready");
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ ready: false, reasons: [{ code: "ready/consensus" }] });
    // eth_ methods on this port are no sign of a consensus client.
    await call("eth_chainId", []);
    expect((await get(url, "/ready")).status).toBe(503);
    await call("engine_exchangeCapabilities", [[]]);
    await call("engine_noSuchThing\nx", []);
    await call("engine_newPayloadV2", [{}]);
    expect((await get(url, "/ready")).status).toBe(200);
    const metrics = values((await get(url, "/metrics")).body);
    expect(metrics.get('sero_engine_call_seconds_count{method="other"}')).toBe(2);
    expect(metrics.get('sero_engine_call_seconds_count{method="engine_newPayloadV2"}')).toBe(1);
    expect(metrics.get("sero_engine_call_failures_total")).toBe(2);
    expect(metrics.get("sero_seconds_since_consensus_call")).toBeLessThan(60);
    // It names a head that is not here.
    const zero = `0x${"00".repeat(32)}`;
    await call("engine_forkchoiceUpdatedV2", [
      { headBlockHash: `0x${"11".repeat(32)}`, safeBlockHash: zero, finalizedBlockHash: zero },
      null,
    ]);
    const behind = await get(url, "/ready");
    expect(behind.status).toBe(503);
    expect(JSON.parse(behind.body)).toMatchObject({ reasons: [{ code: "ready/syncing" }] });
    await test.stop();
  });
});
