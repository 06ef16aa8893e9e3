import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JsonRpcProvider } from "ethers";
import { createPublicClient, http } from "viem";
import { ensureSpendArtifacts } from "@sero/circuits";
import { DEVELOPMENT_WALLETS, POOL_ADDRESS, toHex } from "@sero/protocol";
import { httpClient, restoreWallet, type NodeClient, type Wallet } from "@sero/wallet";
import { freePort, openSeat, temporaryFolder, type Seat } from "./helpers/command.js";
import { startDev, type DevChain } from "./helpers/dev.js";
import { rpc } from "./helpers/rpc.js";

type Hex = `0x${string}`;

const POOL = toHex(POOL_ADDRESS) as Hex;

describe("viem and ethers on the development chain", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let seat: Seat;
  let dev: DevChain;
  let viem: ReturnType<typeof createPublicClient>;
  let ethers: JsonRpcProvider;
  const wallets: Wallet[] = [];

  beforeAll(async () => {
    await ensureSpendArtifacts();
    folder = await temporaryFolder();
    const port = await freePort();
    seat = openSeat(join(folder.path, "home"), { SERO_NODE: `http://127.0.0.1:${port}` });
    dev = await startDev(seat, port, ["--block-time", "0"]);
    viem = createPublicClient({ transport: http(dev.url), pollingInterval: 100 });
    ethers = new JsonRpcProvider(dev.url, undefined, { polling: true, pollingInterval: 100 });
  });
  afterAll(async () => {
    ethers.destroy();
    for (const wallet of wallets) await wallet.close();
    await dev.kill();
    await folder.remove();
  });

  /** A payment made with a real proof and held back: its bytes and its id, for the test to send when it likes. */
  const made = async (name: string, amount: bigint): Promise<{ readonly raw: Hex; readonly txid: Hex }> => {
    const phrase = DEVELOPMENT_WALLETS.find((wallet) => wallet.name === name)?.phrase ?? "";
    let raw: Hex = "0x";
    const client = httpClient(dev.url);
    const holding: NodeClient = {
      ...client,
      sendTransaction: async (bytes) => {
        raw = toHex(bytes) as Hex;
        throw new Error("held back");
      },
    };
    const directory = join(folder.path, `${name}-${wallets.length}`);
    const wallet = await restoreWallet({
      directory,
      node: holding,
      passphrase: "x",
      from: { phrase },
      kdf: { logN: 10, r: 8, p: 1 },
    });
    wallets.push(wallet);
    await wallet.sync();
    const prepared = await wallet.prepareSend({ payments: [{ address: wallet.address(), amount }] });
    await wallet.send(prepared).catch(() => undefined);
    const [pending] = wallet.pending();
    return { raw, txid: (pending?.txid ?? "0x") as Hex };
  };

  it("each waits for its own of two payments that are mined in one block", async () => {
    const [first, second] = [await made("alice", 5n), await made("bob", 7n)];
    expect(first.txid).not.toBe(second.txid);
    const sent = Promise.all([
      viem.sendRawTransaction({ serializedTransaction: first.raw }),
      ethers.send("eth_sendRawTransaction", [second.raw]) as Promise<unknown>,
    ]);
    expect(await sent).toEqual([first.txid, second.txid]);
    const viemReceipt = await viem.waitForTransactionReceipt({ hash: first.txid, timeout: 20_000 });
    const ethersReceipt = await ethers.waitForTransaction(second.txid, 1, 20_000);
    expect(viemReceipt.transactionHash).toBe(first.txid);
    expect(ethersReceipt?.hash).toBe(second.txid);
    // The node verified both in one batch or in two; whichever it was, neither took the other for its own.
    const [other, mine] = [
      await viem.getTransactionReceipt({ hash: second.txid }),
      await ethers.getTransactionReceipt(first.txid),
    ];
    expect(other.transactionHash).toBe(second.txid);
    expect(mine?.hash).toBe(first.txid);
    expect(viemReceipt.from).not.toBe(other.from);
    const one = await viem.getTransaction({ hash: first.txid });
    expect(one.hash).toBe(first.txid);
    expect(one).toMatchObject({ to: POOL, value: 0n, typeHex: "0x5e", nonce: 0 });
    expect((await ethers.getTransaction(second.txid))?.from.toLowerCase()).toBe(second.txid.slice(0, 42));
  });

  it("two payments sent in one JSON-RPC batch share a block, and each client tells them apart", async () => {
    const [first, second] = [await made("carol", 11n), await made("bob", 13n)];
    const body = [first, second].map(({ raw }, id) => ({
      jsonrpc: "2.0",
      id,
      method: "eth_sendRawTransaction",
      params: [raw],
    }));
    const waiting = [
      viem.waitForTransactionReceipt({ hash: first.txid, timeout: 20_000 }),
      viem.waitForTransactionReceipt({ hash: second.txid, timeout: 20_000 }),
    ];
    const answer = await fetch(dev.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const replies = (await answer.json()) as { readonly id: number; readonly result: string }[];
    expect(replies.map(({ id, result }) => [id, result])).toEqual([
      [0, first.txid],
      [1, second.txid],
    ]);
    const [a, b] = await Promise.all(waiting);
    expect([a?.transactionHash, b?.transactionHash]).toEqual([first.txid, second.txid]);
    expect(a?.blockHash).toBe(b?.blockHash);
    expect(new Set([a?.transactionIndex, b?.transactionIndex])).toEqual(new Set([0, 1]));
    // The pair of sender and nonce, by which viem looks for replacements, is each payment's own.
    const block = await viem.getBlock({ blockHash: a?.blockHash ?? "0x", includeTransactions: true });
    expect(new Set(block.transactions.map(({ from, nonce }) => `${from}/${nonce}`)).size).toBe(2);
    expect(await ethers.getTransactionReceipt(first.txid)).toMatchObject({
      hash: first.txid,
      index: a?.transactionIndex,
    });
  });

  it("both read every block, transaction and receipt without an error, and agree", async () => {
    for (let i = 0; i < 3; i++) await rpc(dev.url, "sero_sealBlock");
    // viem remembers the number for as long as it polls; three blocks are sealed in less.
    const head = await viem.getBlockNumber({ cacheTime: 0 });
    expect(await ethers.getBlockNumber()).toBe(Number(head));
    let transactions = 0;
    let parent: string | undefined;
    for (let number = 0n; number <= head; number++) {
      const block = await viem.getBlock({ blockNumber: number, includeTransactions: true });
      const same = await ethers.getBlock(Number(number), true);
      expect(same).toMatchObject({
        hash: block.hash,
        parentHash: block.parentHash,
        stateRoot: block.stateRoot,
        gasUsed: block.gasUsed,
        timestamp: Number(block.timestamp),
      });
      if (parent !== undefined) expect(block.parentHash).toBe(parent);
      parent = block.hash;
      expect(same?.transactions).toEqual(block.transactions.map(({ hash }) => hash));
      expect(await viem.getBlockTransactionCount({ blockNumber: number })).toBe(block.transactions.length);
      for (const { hash, gasPrice, from } of block.transactions) {
        transactions++;
        const receipt = await viem.getTransactionReceipt({ hash });
        expect(receipt).toMatchObject({ status: "success", blockHash: block.hash, to: POOL, from, logs: [] });
        expect(receipt.effectiveGasPrice).toBe(gasPrice);
        const again = await ethers.getTransactionReceipt(hash);
        expect(again).toMatchObject({ hash, gasUsed: receipt.gasUsed, blockHash: block.hash, status: 1 });
        expect((await ethers.getTransaction(hash))?.blockNumber).toBe(Number(number));
      }
    }
    expect(transactions).toBe(4);
    expect((await ethers.getNetwork()).chainId).toBe(BigInt(await viem.getChainId()));
    expect(await ethers.getBalance(POOL)).toBe(await viem.getBalance({ address: POOL }));
    expect(await viem.getLogs({ fromBlock: 0n, toBlock: "latest" })).toEqual([]);
    expect(await ethers.getLogs({ fromBlock: 0, toBlock: "latest" })).toEqual([]);
  });

  it("a payment that nobody sent is waited for in vain, by both", async () => {
    const hash: Hex = `0x${"ab".repeat(32)}`;
    await expect(viem.waitForTransactionReceipt({ hash, timeout: 500, retryCount: 1 })).rejects.toThrow();
    await expect(ethers.waitForTransaction(hash, 1, 500)).rejects.toThrow();
    expect(await ethers.getTransaction(hash)).toBeNull();
  });
});
