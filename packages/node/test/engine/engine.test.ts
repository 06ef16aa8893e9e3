import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPublicClient, http } from "viem";
import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueToken } from "../../src/index.js";
import { startTestNode, testSpec, type RpcFailure, type TestNode } from "../helpers/node.js";

const ZERO = `0x${"00".repeat(32)}`;
const spec = testSpec();

interface Payload extends Record<string, unknown> {
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly parentHash: string;
  readonly transactions: string[];
}
interface Status {
  readonly status: string;
  readonly latestValidHash: string | null;
  readonly validationError: string | null;
}

describe("Engine API", () => {
  // `builder` makes the blocks, `follower` gets them: as a consensus client would carry them.
  let builder: TestNode;
  let follower: TestNode;

  beforeAll(async () => {
    builder = await startTestNode({ spec, engine: { port: 0 }, sealer: { intervalMs: 0, onDemand: false } });
    follower = await startTestNode({ spec, engine: { port: 0 }, sealer: { intervalMs: 0, onDemand: false } });
  });
  afterAll(async () => {
    await builder.stop();
    await follower.stop();
  });

  const secretOf = (test: TestNode): Uint8Array =>
    Uint8Array.from(Buffer.from(readFileSync(join(test.dataDir, "jwt.hex"), "utf8").trim().slice(2), "hex"));
  const now = (): number => Math.floor(Date.now() / 1000);

  async function post(test: TestNode, token: string | undefined, body: unknown): Promise<Response> {
    return fetch(test.node.engineUrl!, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
  }
  async function engine<T>(test: TestNode, method: string, ...params: unknown[]): Promise<T> {
    const response = await post(test, issueToken(secretOf(test), now()), { jsonrpc: "2.0", id: 1, method, params });
    const reply = (await response.json()) as { result: T; error?: RpcFailure };
    if (reply.error) throw Object.assign(new Error(reply.error.message), reply.error);
    return reply.result;
  }
  const forkchoice = (head: string, safe = ZERO, finalized = ZERO): object => ({
    headBlockHash: head,
    safeBlockHash: safe,
    finalizedBlockHash: finalized,
  });
  const attributes = (timestamp: bigint, more: object = {}): object => ({
    timestamp: `0x${timestamp.toString(16)}`,
    prevRandao: `0x${"07".repeat(32)}`,
    suggestedFeeRecipient: `0x${"fe".repeat(20)}`,
    withdrawals: [{ index: "0x0", validatorIndex: "0x1", address: `0x${"aa".repeat(20)}`, amount: "0x5" }],
    ...more,
  });
  async function build(parent: string, timestamp: bigint, more: object = {}): Promise<Payload> {
    const started = await engine<{ payloadStatus: Status; payloadId: string }>(
      builder,
      "engine_forkchoiceUpdatedV2",
      forkchoice(parent),
      attributes(timestamp, more),
    );
    expect(started.payloadStatus).toEqual({ status: "VALID", latestValidHash: parent, validationError: null });
    expect(started.payloadId).toMatch(/^0x[0-9a-f]{16}$/);
    const built = await engine<{ executionPayload: Payload; blockValue: string }>(
      builder,
      "engine_getPayloadV2",
      started.payloadId,
    );
    return built.executionPayload;
  }

  it("carries a block from one node to another, and both have the same head and balances", async () => {
    const genesis = toHex(builder.node.context.genesisHash);
    const payment = builder.pay(1);
    await builder.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    const payload = await build(genesis, spec.genesisTime + 4n);
    expect(payload).toMatchObject({
      parentHash: genesis,
      blockNumber: "0x1",
      baseFeePerGas: "0x3b9aca00",
      extraData: "0x",
    });
    expect(payload.transactions).toEqual([toHex(payment.bytes)]);
    for (const test of [builder, follower]) {
      expect(await engine<Status>(test, "engine_newPayloadV2", payload)).toEqual({
        status: "VALID",
        latestValidHash: payload.blockHash,
        validationError: null,
      });
      const moved = await engine<{ payloadStatus: Status }>(
        test,
        "engine_forkchoiceUpdatedV2",
        forkchoice(payload.blockHash),
        null,
      );
      expect(moved).toEqual({
        payloadStatus: { status: "VALID", latestValidHash: payload.blockHash, validationError: null },
        payloadId: null,
      });
      const client = createPublicClient({ transport: http(test.node.rpcUrl) });
      expect((await client.getBlock()).hash).toBe(payload.blockHash);
      expect(await client.getBalance({ address: `0x${"aa".repeat(20)}` })).toBe(5_000_000_000n);
      expect((await client.getTransactionReceipt({ hash: toHex(payment.txid) as `0x${string}` })).blockHash).toBe(
        payload.blockHash,
      );
    }
    // The follower never saw the transaction before, so it checked its proof.
    expect(follower.verifier.checked()).toBe(1);
    expect(builder.verifier.checked()).toBe(1);
  });

  it("answers SYNCING for what it does not know, and INVALID with the newest valid ancestor", async () => {
    const head = toHex(builder.node.context.chain.head().hash);
    const next = await build(head, spec.genesisTime + 20n);
    expect(
      await engine<Status>(follower, "engine_newPayloadV2", { ...next, blockHash: `0x${"11".repeat(32)}` }),
    ).toMatchObject({
      status: "INVALID",
      latestValidHash: null,
    });
    const lost = await engine<{ payloadStatus: Status; payloadId: null }>(
      follower,
      "engine_forkchoiceUpdatedV2",
      forkchoice(`0x${"22".repeat(32)}`),
    );
    expect(lost).toEqual({
      payloadStatus: { status: "SYNCING", latestValidHash: null, validationError: null },
      payloadId: null,
    });
    expect(await follower.rpc("eth_syncing")).toMatchObject({ currentBlock: "0x1" });
    await engine(follower, "engine_forkchoiceUpdatedV2", forkchoice(head));
    expect(await follower.rpc("eth_syncing")).toBe(false);
  });

  it("refuses a block whose state root is false, and its children unseen", async () => {
    const { context } = builder.node;
    const head = toHex(context.chain.head().hash);
    const good = await build(head, spec.genesisTime + 24n);
    const { headerHash } = await import("@sero/execution");
    const { executionPayloadV2, payloadJson, payloadV2 } = await import("../../src/engine/json/payload.js");
    const parsed = payloadV2(executionPayloadV2.parse(good));
    const header = { ...parsed.block.header, stateRoot: new Uint8Array(32).fill(1) };
    const bad = payloadJson({ hash: headerHash(header), block: { ...parsed.block, header } }) as unknown as Payload;
    const verdict = await engine<Status>(follower, "engine_newPayloadV2", bad);
    expect(verdict).toMatchObject({ status: "INVALID", latestValidHash: head });
    expect(verdict.validationError).toMatch(/^block\/root/);
    const childHeader = {
      ...header,
      parentHash: headerHash(header),
      number: header.number + 1n,
      timestamp: header.timestamp + 4n,
    };
    const child = payloadJson({ hash: headerHash(childHeader), block: { ...parsed.block, header: childHeader } });
    expect(await engine<Status>(follower, "engine_newPayloadV2", child)).toMatchObject({
      status: "INVALID",
      latestValidHash: head,
    });
    const moved = await engine<{ payloadStatus: Status }>(
      follower,
      "engine_forkchoiceUpdatedV2",
      forkchoice(bad.blockHash),
    );
    expect(moved.payloadStatus).toMatchObject({ status: "INVALID", latestValidHash: head });
  });

  it("holds to the specification's error codes", async () => {
    const head = toHex(builder.node.context.chain.head().hash);
    await expect(engine(builder, "engine_getPayloadV2", "0x0000000000000001")).rejects.toMatchObject({ code: -38001 });
    await expect(
      engine(builder, "engine_forkchoiceUpdatedV2", forkchoice(head, `0x${"33".repeat(32)}`)),
    ).rejects.toMatchObject({ code: -38002 });
    await expect(
      engine(builder, "engine_forkchoiceUpdatedV2", forkchoice(head), attributes(spec.genesisTime)),
    ).rejects.toMatchObject({ code: -38003 });
    await expect(engine(builder, "engine_getPayloadBodiesByRangeV1", "0x1", "0x999")).rejects.toMatchObject({
      code: -38004,
    });
    await expect(engine(builder, "engine_newPayloadV9", {})).rejects.toMatchObject({ code: -32601 });
    await expect(engine(builder, "engine_newPayloadV2", {})).rejects.toMatchObject({ code: -32602 });
  });
});
