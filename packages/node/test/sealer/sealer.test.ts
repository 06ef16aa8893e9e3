import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { LogLine, SealerOptions } from "../../src/index.js";
import { startTestNode, type TestNode } from "../helpers/node.js";

const open: TestNode[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.stop();
});

async function node(sealer: SealerOptions, log?: (line: LogLine) => void): Promise<TestNode> {
  const test = await startTestNode({ sealer, ...(log ? { log } : {}) });
  open.push(test);
  return test;
}
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(10);
};

describe("sealer", () => {
  it("makes a block soon after a payment is verified, one for several that come together", async () => {
    const test = await node({ intervalMs: 0, onDemand: true, debounceMs: 150 });
    const { chain } = test.node.context;
    await sleep(300);
    expect(chain.head().number).toBe(0n);
    await Promise.all([1, 2, 3].map((seed) => test.rpc("eth_sendRawTransaction", [toHex(test.pay(seed).bytes)])));
    await until(() => chain.head().number > 0n);
    expect(await test.rpc("eth_getBlockTransactionCountByNumber", ["0x1"])).toBe("0x3");
    await sleep(300);
    expect(chain.head().number).toBe(1n);
  });

  it("waits for what is being verified: the calls of one batch are answered one after another, and share a block", async () => {
    const test = await node({ intervalMs: 0, onDemand: true, debounceMs: 1 });
    const { rpcUrl, context } = test.node;
    const call = (seed: number) => ({
      jsonrpc: "2.0",
      id: seed,
      method: "eth_sendRawTransaction",
      params: [toHex(test.pay(seed).bytes)],
    });
    await fetch(rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([1, 2, 3].map(call)),
    });
    await until(() => context.chain.head().number > 0n);
    expect(await test.rpc("eth_getBlockTransactionCountByNumber", ["0x1"])).toBe("0x3");
  });

  it("makes blocks by the clock, with timestamps that rise", async () => {
    const test = await node({ intervalMs: 30, onDemand: false });
    const { chain } = test.node.context;
    await until(() => chain.head().number >= 3n);
    const { header } = chain.head();
    expect(chain.get(header.parentHash)!.header.timestamp).toBeLessThan(header.timestamp);
  });

  it("fills block after block until the pool is empty, by price", async () => {
    const test = await node({ intervalMs: 0, onDemand: true, debounceMs: 200 });
    const { chain, spec, mempool } = test.node.context;
    // Four of these fill a block's gas.
    const gas = test.pay(0, { bundles: 8 }).tx;
    const perBlock = Number(spec.gasLimit / (8n * spec.gas.bundle + spec.gas.memoChunk + 1n));
    expect(gas.bundles).toHaveLength(8);
    const count = perBlock + 5;
    await Promise.all(
      Array.from({ length: count }, (_, i) =>
        mempool.submit(test.pay(i + 1, { bundles: 8, priceStep: i < 5 ? 0 : 2 }).bytes, "test"),
      ),
    );
    await until(() => mempool.size === 0);
    expect(chain.head().number).toBe(2n);
    const last = (await test.rpc("eth_getBlockByNumber", ["0x2", true])) as {
      transactions: { sero: { priceStep: string } }[];
    };
    expect(last.transactions.every(({ sero }) => sero.priceStep === "0x0")).toBe(true);
  });

  it("does not spin when blocks cannot be made, and says why once each time", async () => {
    const lines: LogLine[] = [];
    const test = await node({ intervalMs: 0, onDemand: true, debounceMs: 5 }, (line) => lines.push(line));
    Object.assign(test.node.context.store, {
      putBlock: () => {
        throw Object.assign(new Error("no room"), { code: 28 });
      },
    });
    await test.rpc("eth_sendRawTransaction", [toHex(test.pay(1).bytes)]);
    await sleep(300);
    const errors = lines.filter(({ level }) => level === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ event: "sealer/failed" });
  });
});
