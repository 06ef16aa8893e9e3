import { toHex } from "@sero/protocol";
import { createPublicClient, http, webSocket } from "viem";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BELL, createdBy } from "../helpers/contracts.js";
import { pseudonymAddress, type FakeCall } from "../helpers/payment.js";
import { startTestNode, testSpec, type TestNode } from "../helpers/node.js";

const spec = testSpec();
const ZERO = new Uint8Array(32);
const open: TestNode[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.stop();
});
async function node(): Promise<TestNode> {
  const test = await startTestNode({ spec });
  open.push(test);
  return test;
}

/** Gives one node the other's canonical blocks and head, as a consensus client would. */
async function follow(test: TestNode, other: TestNode): Promise<void> {
  const { chain, store } = other.node.context;
  for (let number = 1n; number <= chain.head().number; number++) {
    const hash = store.canonicalHash(number)!;
    const { transactions, withdrawals } = store.body(hash)!;
    const { header } = chain.get(hash)!;
    const verdict = await test.node.context.engine.newPayload({ hash, block: { header, transactions, withdrawals } });
    expect(verdict.status).toBe("VALID");
  }
  await test.node.context.engine.forkchoiceUpdated({ head: chain.head().hash, safe: ZERO, finalized: ZERO });
}

describe("a reorganisation seen from outside", () => {
  it("D30: takes receipts back, returns payments to the pool unverified again, and mines them on the new branch", async () => {
    const [a, b] = [await node(), await node()];
    const payment = a.pay(1);
    const hash = toHex(payment.txid) as `0x${string}`;
    await a.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await a.rpc("sero_sealBlock", ["0x3"]);
    const blocks = await a.rpc("eth_newBlockFilter");
    await b.rpc("eth_sendRawTransaction", [toHex(b.pay(2).bytes)]);
    await b.rpc("sero_sealBlock", ["0x5"]);
    const client = createPublicClient({ transport: http(a.node.rpcUrl) });
    const before = (await client.getTransactionReceipt({ hash })).blockHash;

    await follow(a, b);
    expect(await a.rpc("eth_getTransactionReceipt", [hash])).toBeNull();
    expect(await a.rpc("eth_getTransactionByHash", [hash])).toMatchObject({ hash, blockHash: null });
    expect(await a.rpc("eth_getFilterChanges", [blocks])).toHaveLength(5);
    expect(a.node.context.mempool.size).toBe(1);
    // Its own payment when it came, and the one of the other branch when that was imported.
    expect(a.verifier.checked()).toBe(2);
    expect((await client.getBlock({ blockHash: before })).number).toBe(1n);

    await a.rpc("sero_sealBlock");
    const receipt = await client.getTransactionReceipt({ hash });
    expect(receipt.blockNumber).toBe(6n);
    expect(receipt.blockHash).not.toBe(before);
    expect(a.verifier.checked()).toBe(2);
  });

  it("D30: a payment that the new branch has spent otherwise leaves the pool for good", async () => {
    const [a, b] = [await node(), await node()];
    const payment = a.pay(1);
    await a.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await a.rpc("sero_sealBlock");
    const rival = b.pay(9, { nullifier: payment.tx.bundles[0]!.nullifiers[0] });
    await b.rpc("eth_sendRawTransaction", [toHex(rival.bytes)]);
    await b.rpc("sero_sealBlock", ["0x2"]);
    await follow(a, b);
    expect(a.node.context.mempool.size).toBe(0);
    await expect(a.rpc("eth_sendRawTransaction", [toHex(payment.bytes)])).rejects.toMatchObject({
      code: -32003,
      data: { code: "tx/spent" },
    });
    expect(await a.rpc("eth_getTransactionByHash", [toHex(payment.txid)])).toBeNull();
  });

  it("D30: logs of a branch that is left come again as removed, newest first, before those of the new one", async () => {
    const [a, b] = [await node(), await node()];
    const bell = createdBy(pseudonymAddress(1), 0n);
    const create = { pseudonym: 1, gasLimit: 300_000n, calls: [{ to: undefined, value: 0n, data: BELL }] };
    const ring = (pseudonym: number, ...bytes: number[]): FakeCall => ({
      pseudonym,
      calls: bytes.map((byte) => ({ to: bell, value: 0n, data: Uint8Array.of(byte) })),
    });
    for (const test of [a, b]) {
      await test.rpc("eth_sendRawTransaction", [toHex(test.pay(1, { call: create }).bytes)]);
      await test.rpc("sero_sealBlock");
    }
    // Both under the root that the two branches share.
    const rings = [a.pay(2, { call: ring(2, 2) }), a.pay(3, { call: ring(3, 3, 5) })];
    for (const { bytes } of rings) {
      await a.rpc("eth_sendRawTransaction", [toHex(bytes)]);
      await a.rpc("sero_sealBlock");
    }
    const filter = await a.rpc("eth_newFilter", [{ address: toHex(bell) }]);
    const socket = createPublicClient({ transport: webSocket(a.node.wsUrl) });
    const pushed: { data: string; removed: boolean }[] = [];
    const subscription = await socket.transport.subscribe({
      params: ["logs", { address: toHex(bell) as `0x${string}` }],
      onData: (message: { readonly result?: unknown }) => void pushed.push(message.result as (typeof pushed)[number]),
    });
    const other = b.pay(9, { call: ring(4, 4) });
    await b.rpc("eth_sendRawTransaction", [toHex(other.bytes)]);
    await b.rpc("sero_sealBlock", ["0x4"]);
    await follow(a, b);
    const expected = [
      ["0x05", true],
      ["0x03", true],
      ["0x02", true],
      ["0x04", false],
    ];
    const news = (await a.rpc("eth_getFilterChanges", [filter])) as typeof pushed;
    expect(news.map(({ data, removed }) => [data, removed])).toEqual(expected);
    await vi.waitFor(() => expect(pushed.map(({ data, removed }) => [data, removed])).toEqual(expected));
    await subscription.unsubscribe();
    ((await socket.transport.getRpcClient()) as { close(): void }).close();
    // What left waits again, its proofs not checked a second time, and is mined on the new branch.
    expect(a.node.context.mempool.size).toBe(2);
    await a.rpc("sero_sealBlock");
    const logs = (await a.rpc("eth_getLogs", [{ address: toHex(bell), fromBlock: "0x0" }])) as typeof pushed;
    expect(logs.map(({ data, removed }) => [data, removed])).toEqual([
      ["0x04", false],
      ["0x02", false],
      ["0x03", false],
      ["0x05", false],
    ]);
  });
});
