import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JsonRpcProvider, WebSocketProvider } from "ethers";
import { createPublicClient, http, webSocket, type PublicClient } from "viem";
import { DEVELOPMENT_GAS, hexDigits, POOL_ADDRESS, toHex } from "@sero/protocol";
import { startTestNode, type TestNode } from "./helpers/node.js";

/** One bundle, one memo chunk, one call without calldata, the coin back. */
function plainCallGas(): bigint {
  const { bundle, memoChunk, callPhase, call, returnEntry } = DEVELOPMENT_GAS;
  return bundle + memoChunk + callPhase + call + returnEntry;
}

describe("outside clients", () => {
  let test: TestNode;
  let viem: PublicClient;
  let ethers: JsonRpcProvider;
  let seed = 1;

  beforeAll(async () => {
    // Long enough for a second copy to come in before the block, on a busy machine too.
    test = await startTestNode({ sealer: { intervalMs: 0, onDemand: true, debounceMs: 400 } });
    viem = createPublicClient({ transport: http(test.node.rpcUrl), pollingInterval: 50 });
    ethers = new JsonRpcProvider(test.node.rpcUrl, undefined, { polling: true, pollingInterval: 50 });
  });
  afterAll(async () => {
    ethers.destroy();
    await test.stop();
  });

  it("viem sends a payment and waits for its own receipt among others", async () => {
    const payments = [1, 2, 3].map(() => test.pay(seed++));
    const hashes = await Promise.all(
      payments.map(({ bytes }) => viem.sendRawTransaction({ serializedTransaction: toHex(bytes) as `0x${string}` })),
    );
    expect(hashes).toEqual(payments.map(({ txid }) => toHex(txid)));
    const receipts = await Promise.all(hashes.map((hash) => viem.waitForTransactionReceipt({ hash, timeout: 10_000 })));
    receipts.forEach((receipt, i) => {
      expect(receipt.transactionHash).toBe(hashes[i]);
      expect(receipt.status).toBe("success");
      expect(receipt.from).toBe(`0x${hexDigits(payments[i]!.txid).slice(0, 40)}`);
      expect(receipt.to?.toLowerCase()).toBe(toHex(POOL_ADDRESS));
    });
    const tx = await viem.getTransaction({ hash: hashes[0]! });
    expect(tx).toMatchObject({
      hash: hashes[0],
      nonce: 0,
      typeHex: "0x5e",
      value: 0n,
      blockNumber: receipts[0]!.blockNumber,
    });
  });

  it("ethers sends a payment and waits for its own receipt", async () => {
    const payment = test.pay(seed++);
    const hash: unknown = await ethers.send("eth_sendRawTransaction", [toHex(payment.bytes)]);
    expect(hash).toBe(toHex(payment.txid));
    const response = await ethers.getTransaction(toHex(payment.txid));
    const receipt = await response?.wait(1, 10_000);
    expect(receipt).toMatchObject({ hash, status: 1 });
    expect(await ethers.waitForTransaction(toHex(payment.txid), 1, 10_000)).toMatchObject({ hash });
    expect(response?.from.toLowerCase()).toBe(toHex(payment.txid).slice(0, 42));
  });

  it("C19: both clients wait for the sender's hash although a re-randomised copy was sent too", async () => {
    const number = seed++;
    const payment = test.pay(number);
    const copy = test.pay(number, { proofByte: 2 });
    expect(copy.txid).toEqual(payment.txid);
    expect(toHex(copy.bytes)).not.toBe(toHex(payment.bytes));
    const hash = await viem.sendRawTransaction({ serializedTransaction: toHex(payment.bytes) as `0x${string}` });
    const before = test.verifier.checked();
    await viem.sendRawTransaction({ serializedTransaction: toHex(copy.bytes) as `0x${string}` });
    expect(test.verifier.checked()).toBe(before);
    const receipt = await viem.waitForTransactionReceipt({ hash, timeout: 10_000 });
    expect(receipt.transactionHash).toBe(hash);
    expect(await test.rpc("eth_getRawTransactionByHash", [hash])).toBe(toHex(payment.bytes));
  });

  it("both read every block, transaction and receipt", async () => {
    const head = await viem.getBlockNumber({ cacheTime: 0 });
    expect(head).toBeGreaterThan(0n);
    let transactions = 0;
    for (let number = 0n; number <= head; number++) {
      const block = await viem.getBlock({ blockNumber: number, includeTransactions: true });
      const same = await ethers.getBlock(Number(number), true);
      expect(same?.hash).toBe(block.hash);
      expect((await viem.getBlock({ blockHash: block.hash })).transactions).toEqual(
        block.transactions.map((tx) => tx.hash),
      );
      for (const tx of block.transactions) {
        transactions++;
        const receipt = await viem.getTransactionReceipt({ hash: tx.hash });
        expect(receipt.gasUsed * receipt.effectiveGasPrice).toBeGreaterThan(0n);
        expect((await ethers.getTransactionReceipt(tx.hash))?.gasUsed).toBe(receipt.gasUsed);
        expect((await ethers.getTransaction(tx.hash))?.hash).toBe(tx.hash);
        expect(await viem.getTransaction({ blockNumber: number, index: tx.transactionIndex! })).toMatchObject({
          hash: tx.hash,
        });
      }
      const senders = new Set(block.transactions.map((tx) => `${tx.from}/${tx.nonce}`));
      expect(senders.size).toBe(block.transactions.length);
    }
    expect(transactions).toBe(5);
  });

  it("answers what explorers and libraries ask", async () => {
    expect(await viem.getChainId()).toBe(24158);
    expect((await ethers.getNetwork()).chainId).toBe(24158n);
    expect(await viem.getBalance({ address: toHex(POOL_ADDRESS) as `0x${string}` })).toBeGreaterThan(0n);
    expect(await viem.getCode({ address: toHex(POOL_ADDRESS) as `0x${string}` })).toMatch(/^0x/);
    expect(await viem.getGasPrice()).toBe(1_000_000_000n);
    expect(await viem.estimateMaxPriorityFeePerGas()).toBe(0n);
    expect(
      (await viem.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] })).baseFeePerGas.length,
    ).toBeGreaterThan(1);
    expect((await ethers.getFeeData()).gasPrice).toBe(1_000_000_000n);
    expect(await viem.getLogs({ fromBlock: 0n })).toEqual([]);
    expect(await viem.getBlockTransactionCount({ blockNumber: 0n })).toBe(0);
    const proof = await viem.getProof({
      address: toHex(POOL_ADDRESS) as `0x${string}`,
      storageKeys: [`0x${"0".repeat(63)}1`],
    });
    expect(proof.accountProof.length).toBeGreaterThan(0);
    expect(proof.storageProof[0]?.value).toBeGreaterThan(0n);
    await expect(viem.call({ to: toHex(POOL_ADDRESS) as `0x${string}` })).rejects.toThrow(/revert/);
    expect(await viem.call({ to: `0x${"12".repeat(20)}` })).toEqual({ data: undefined });
    expect(await viem.estimateGas({ account: `0x${"12".repeat(20)}`, to: `0x${"34".repeat(20)}` })).toBe(
      plainCallGas(),
    );
    for (const [method, params, result] of [
      ["net_version", [], "24158"],
      ["net_listening", [], false],
      ["net_peerCount", [], "0x0"],
      ["eth_syncing", [], false],
      ["eth_accounts", [], []],
      ["eth_getUncleCountByBlockNumber", ["0x0"], "0x0"],
      ["web3_sha3", ["0x"], "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"],
    ] as const) {
      expect(await test.rpc(method, params)).toEqual(result);
    }
    expect(await test.rpc("web3_clientVersion")).toMatch(/^SERO\/v/);
  });

  it("pushes heads and pending transactions over WebSocket, to both", async () => {
    const client = createPublicClient({ transport: webSocket(test.node.wsUrl) });
    const provider = new WebSocketProvider(test.node.wsUrl);
    const viemHead = new Promise<bigint>((resolve) => {
      client.watchBlocks({ onBlock: (block) => resolve(block.number), onError: () => undefined });
    });
    const ethersHead = new Promise<number>((resolve) => void provider.once("block", resolve));
    const pending = new Promise<readonly string[]>((resolve) =>
      client.watchPendingTransactions({ onTransactions: resolve }),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const payment = test.pay(seed++);
    await test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    expect(await pending).toEqual([toHex(payment.txid)]);
    const number = await viemHead;
    expect(Number(number)).toBe(await ethersHead);
    // ethers unsubscribes by itself after once(); let it, before its socket goes.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await provider.destroy();
    const socket = (await client.transport.getRpcClient()) as { close(): void };
    socket.close();
  });

  it("collects changes in filters", async () => {
    const blocks = await test.rpc("eth_newBlockFilter");
    const pending = await test.rpc("eth_newPendingTransactionFilter");
    const logs = await viem.createEventFilter();
    const sealed = (await test.rpc("sero_sealBlock")) as { hash: string };
    expect(await test.rpc("eth_getFilterChanges", [blocks])).toEqual([sealed.hash]);
    expect(await test.rpc("eth_getFilterChanges", [blocks])).toEqual([]);
    expect(await test.rpc("eth_getFilterChanges", [pending])).toEqual([]);
    expect(await viem.getFilterChanges({ filter: logs })).toEqual([]);
    expect(await test.rpc("eth_uninstallFilter", [blocks])).toBe(true);
    await expect(test.rpc("eth_getFilterChanges", [blocks])).rejects.toMatchObject({ code: -32001 });
  });
});
