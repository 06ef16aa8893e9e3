import { toHex } from "@sero/protocol";
import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { checkStore } from "../../src/chain/index.js";
import { openPruner } from "../../src/chain/prune.js";
import { openTestChain, recomputedRoot, type TestChain } from "../helpers/chain.js";
import { growEvents } from "../helpers/events.js";
import { startTestNode, temporaryDirectory, testSpec } from "../helpers/node.js";

const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** 80 blocks with a payment in each other one, the first 60 of them final. */
async function grown(directory: string): Promise<{ test: TestChain; txids: Uint8Array[]; compacts: Uint8Array[] }> {
  const test = await openTestChain({ directory });
  const txids: Uint8Array[] = [];
  const compacts: Uint8Array[] = [];
  let final = test.chain.head().hash;
  for (let i = 0; i < 80; i++) {
    const { hash } = test.chain.head();
    const block = await test.grow(hash, i % 2 === 0 ? [test.pay(hash, i + 1)] : []);
    txids.push(...block.txids);
    compacts.push(block.compact);
    if (i < 60) final = block.hash;
    test.chain.setForkchoice({ head: block.hash, safe: final, finalized: final });
  }
  return { test, txids, compacts };
}

async function pruned(test: TestChain, keep: number): Promise<void> {
  const pruner = openPruner(test.store, test.chain, keep);
  const wanted = 80 - keep + 1 < 60 ? 80 - keep + 1 : 60;
  while (test.store.oldestBody() < BigInt(wanted)) await new Promise((resolve) => setTimeout(resolve, 5));
  await pruner.stop();
}

describe("pruning", () => {
  it("throws away bodies, receipts and places below the border, and keeps what wallets need", async () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const { test, txids, compacts } = await grown(directory);
    const { store, chain } = test;
    await pruned(test, 40);
    expect(store.oldestBody()).toBe(41n);
    for (let number = 0n; number <= 80n; number++) {
      const hash = store.canonicalHash(number)!;
      expect(store.header(hash)).toBeDefined();
      expect(store.tree(hash)).toBeDefined();
      if (number > 0n) expect(store.compact(hash)).toEqual(compacts[Number(number) - 1]);
      const isKept = number === 0n || number >= 41n;
      expect(store.body(hash) !== undefined).toBe(isKept);
      expect(store.receipts(hash) !== undefined).toBe(isKept);
      expect(store.details(hash) !== undefined).toBe(isKept);
    }
    expect(txids.filter((txid) => store.place(txid) !== undefined)).toHaveLength(20);
    expect(recomputedRoot(store, chain)).toEqual(chain.head().header.stateRoot);
    // A start adds up the Pool's counters without the bodies that are gone.
    await checkStore(store, chain);
    await store.close();
    const again = await openTestChain({ directory });
    await checkStore(again.store, again.chain);
    expect(again.store.oldestBody()).toBe(41n);
    await again.store.close();
  });

  it("never touches what is not final", async () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const { test } = await grown(directory);
    await pruned(test, 1);
    expect(test.store.oldestBody()).toBe(60n);
    for (let number = 60n; number <= 80n; number++) {
      expect(test.store.body(test.store.canonicalHash(number)!)).toBeDefined();
    }
    await test.store.close();
  });

  it("answers requests for what is gone with null or a clear error", async () => {
    const dataDir = temporaryDirectory();
    directories.push(dataDir);
    const { test, txids } = await grown(dataDir);
    await test.store.close();
    const whole = await startTestNode({ dataDir, spec: testSpec() });
    const memos = await whole.rpc("sero_memos", ["0x1", "0x50"]);
    await whole.stop();
    const again = await openTestChain({ directory: dataDir });
    await pruned(again, 20);
    const old = toHex(again.store.canonicalHash(7n)!);
    await again.store.close();
    const node = await startTestNode({ dataDir, spec: testSpec() });
    const gone = { code: 4444, data: { code: "rpc/pruned", values: { number: "7", oldestKept: "60" } } };
    expect(await node.rpc("eth_getTransactionByHash", [toHex(txids[0]!)])).toBeNull();
    expect(await node.rpc("eth_getTransactionReceipt", [toHex(txids[0]!)])).toBeNull();
    await expect(node.rpc("eth_getBlockByNumber", ["0x7", false])).rejects.toMatchObject(gone);
    await expect(node.rpc("eth_getBlockByHash", [old, true])).rejects.toMatchObject(gone);
    await expect(node.rpc("eth_getBlockReceipts", ["0x7"])).rejects.toMatchObject(gone);
    await expect(node.rpc("eth_getBlockTransactionCountByNumber", ["0x7"])).rejects.toMatchObject(gone);
    await expect(node.rpc("debug_getRawBlock", ["0x7"])).rejects.toMatchObject(gone);
    // What wallets need is there, memos too.
    expect(await node.rpc("sero_memos", ["0x1", "0x50"])).toEqual(memos);
    expect(await node.rpc("sero_compactBlocks", ["0x1", "0x9"])).toHaveLength(9);
    expect(await node.rpc("eth_getBlockByNumber", ["0x3c", false])).toMatchObject({ number: "0x3c" });
    await node.stop();
  });

  it("D27: what the Pool says of assets and packages stays, for wallets that are restored later", async () => {
    const dataDir = temporaryDirectory();
    directories.push(dataDir);
    const begun = await openTestChain({ directory: dataDir });
    await growEvents(begun);
    await begun.store.close();
    const { test } = await grown(dataDir);
    await test.store.close();
    const ask = async (): Promise<unknown[]> => {
      const node = await startTestNode({ dataDir, spec: testSpec() });
      const answers = [
        await node.rpc("sero_assets", ["0x0", "0x54"]),
        await node.rpc("sero_packages", ["0x0", "0x54"]),
      ];
      await node.stop();
      return answers;
    };
    const whole = await ask();
    expect(whole[0]).toMatchObject([{ kind: "token", block: "0x1" }]);
    expect((whole[1] as { event: string }[]).map(({ event }) => event)).toEqual([
      "created",
      "created",
      "created",
      "transferred",
      "transferred",
      "released",
    ]);
    const again = await openTestChain({ directory: dataDir });
    await pruned(again, 20);
    expect(again.store.receipts(again.store.canonicalHash(1n)!)).toBeUndefined();
    await again.store.close();
    expect(await ask()).toEqual(whole);
  });
});
