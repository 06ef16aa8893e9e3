import { JsonRpcProvider } from "ethers";
import { createPublicClient, http, webSocket, type Log, type PublicClient } from "viem";
import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BELL, createdBy, errorText, RUNG } from "../helpers/contracts.js";
import { startTestNode, type TestNode } from "../helpers/node.js";
import { pseudonymAddress, type FakeCall, type FakePayment } from "../helpers/payment.js";

type Hex = `0x${string}`;
const hex = (bytes: Uint8Array): Hex => toHex(bytes) as Hex;
const event = { type: "event", name: "Rung", inputs: [{ name: "said", type: "bytes" }] } as const;

describe("calls seen by outside clients", () => {
  let test: TestNode;
  let viem: PublicClient;
  let ethers: JsonRpcProvider;
  let seed = 1;
  const bell = createdBy(pseudonymAddress(1), 0n);

  beforeAll(async () => {
    test = await startTestNode();
    viem = createPublicClient({ transport: http(test.node.rpcUrl), pollingInterval: 50, cacheTime: 0 });
    ethers = new JsonRpcProvider(test.node.rpcUrl, undefined, { polling: true, pollingInterval: 50 });
  });
  afterAll(async () => {
    ethers.destroy();
    await test.stop();
  });

  /** Sends a call and seals it into a block of its own. */
  async function send(call: FakeCall): Promise<FakePayment> {
    const payment = test.pay(seed++, { call });
    await test.rpc("eth_sendRawTransaction", [hex(payment.bytes)]);
    await test.rpc("sero_sealBlock");
    return payment;
  }

  it("viem and ethers wait for a creation, and know sender, nonce, contract and code", async () => {
    const call = { pseudonym: 1, calls: [{ to: undefined, value: 0n, data: BELL }], gasLimit: 300_000n };
    const payment = test.pay(seed++, { call });
    const hash = await viem.sendRawTransaction({ serializedTransaction: hex(payment.bytes) });
    const pending = await viem.getTransaction({ hash });
    expect(pending).toMatchObject({
      from: hex(pseudonymAddress(1)),
      nonce: 0,
      to: null,
      input: hex(BELL),
      blockHash: null,
    });
    const waiting = viem.waitForTransactionReceipt({ hash, timeout: 10_000 });
    await test.rpc("sero_sealBlock");
    const receipt = await waiting;
    expect(receipt).toMatchObject({
      status: "success",
      contractAddress: hex(bell),
      from: hex(pseudonymAddress(1)),
      to: null,
    });
    expect(receipt.gasUsed).toBeLessThan(pending.gas);
    const same = await ethers.waitForTransaction(hash, 1, 10_000);
    expect(same).toMatchObject({ status: 1, gasUsed: receipt.gasUsed, hash });
    expect(same?.contractAddress?.toLowerCase()).toBe(hex(bell));
    expect(await viem.getCode({ address: hex(bell) })).toBe(hex(BELL.subarray(9)));
    expect(await viem.getTransactionCount({ address: hex(pseudonymAddress(1)) })).toBe(1);
    expect(await viem.getBalance({ address: hex(pseudonymAddress(1)) })).toBe(0n);
  });

  it("both read the logs of a call, with their places, by receipt, range, filter and event", async () => {
    const filter = await viem.createEventFilter({ event });
    const said = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    const calls = said.map((data) => ({ to: bell, value: 0n, data }));
    const [first, second] = [
      test.pay(seed++, { call: { pseudonym: 2, calls } }),
      test.pay(seed++, { call: { pseudonym: 3, calls: [calls[1]!] } }),
    ];
    for (const { bytes } of [first, second]) await test.rpc("eth_sendRawTransaction", [hex(bytes)]);
    await test.rpc("sero_sealBlock");
    const block = await viem.getBlock();
    const logs = await viem.getLogs({ address: hex(bell), fromBlock: 0n });
    expect(
      logs.map(({ data, logIndex, transactionIndex, transactionHash, removed }) => [
        data,
        logIndex,
        transactionIndex,
        transactionHash,
        removed,
      ]),
    ).toEqual([
      ["0x010203", 0, 0, hex(first.txid), false],
      ["0x04", 1, 0, hex(first.txid), false],
      ["0x04", 2, 1, hex(second.txid), false],
    ]);
    expect(logs.every(({ blockHash, topics }) => blockHash === block.hash && topics[0] === hex(RUNG))).toBe(true);
    expect(await viem.getFilterChanges({ filter })).toHaveLength(3);
    expect((await viem.getLogs({ blockHash: block.hash })).length).toBe(3);
    expect(await viem.getLogs({ address: hex(pseudonymAddress(1)), fromBlock: 0n })).toEqual([]);
    const receipt = await ethers.getTransactionReceipt(hex(second.txid));
    expect(receipt?.logs.map(({ index, topics }) => [index, topics[0]])).toEqual([[2, hex(RUNG)]]);
    const theirs = await ethers.getLogs({ topics: [hex(RUNG)], fromBlock: 0 });
    expect(theirs.map(({ index }) => index)).toEqual([0, 1, 2]);
    const raw = (await test.rpc("eth_getTransactionReceipt", [hex(first.txid)])) as { sero: { calls: unknown[] } };
    expect(raw.sero.calls).toHaveLength(2);
    expect(await viem.getStorageAt({ address: hex(bell), slot: "0x0" })).toBe(`0x${"0".repeat(63)}3`);
  });

  it("a failed call has status 0, no logs, and says where it failed and why", async () => {
    const data = errorText("the bell is cracked");
    const calls = [
      { to: bell, value: 0n, data: Uint8Array.of(9) },
      { to: bell, value: 0n, data },
    ];
    const failed = await send({ pseudonym: 4, calls });
    const receipt = await viem.getTransactionReceipt({ hash: hex(failed.txid) });
    expect(receipt).toMatchObject({ status: "reverted", logs: [], contractAddress: null });
    const raw = (await test.rpc("eth_getTransactionReceipt", [hex(failed.txid)])) as { sero: { failure: unknown } };
    expect(raw.sero.failure).toEqual({
      step: "call",
      index: 1,
      reason: "revert",
      output: hex(data),
      message: "the bell is cracked",
    });
    expect((await ethers.getTransactionReceipt(hex(failed.txid)))?.status).toBe(0);
    expect(await viem.getTransactionCount({ address: hex(pseudonymAddress(4)) })).toBe(1);
    const tx = (await test.rpc("eth_getTransactionByHash", [hex(failed.txid)])) as { sero: { call: unknown } };
    expect(tx.sero.call).toMatchObject({
      pseudonym: hex(pseudonymAddress(4)),
      calls: [
        { to: hex(bell), value: "0x0", data: "0x09" },
        { to: hex(bell), data: hex(data) },
      ],
      returns: [{ kind: "coin", token: null, id: "0x0", leave: false }],
    });
  });

  it("eth_call and eth_estimateGas say what a call will do, and why it would revert", async () => {
    const account = hex(pseudonymAddress(5));
    expect(await viem.call({ account, to: hex(bell), data: "0x0102" })).toEqual({ data: "0x0102" });
    const data = hex(errorText("cracked"));
    await expect(viem.call({ account, to: hex(bell), data })).rejects.toThrow(/cracked/);
    await expect(viem.estimateGas({ account, to: hex(bell), data })).rejects.toThrow(/cracked/);
    await expect(ethers.estimateGas({ from: account, to: hex(bell), data })).rejects.toThrow(/cracked/);
    const gas = await viem.estimateGas({ account, to: hex(bell), data: "0x0102" });
    const intrinsic = BigInt(
      (
        (await test.rpc("sero_simulate", [{ from: account, calls: [{ to: hex(bell), data: "0x0102" }] }])) as {
          intrinsicGas: string;
        }
      ).intrinsicGas,
    );
    const done = await send({
      pseudonym: 5,
      calls: [{ to: bell, value: 0n, data: Uint8Array.of(1, 2) }],
      gasLimit: gas - intrinsic,
    });
    const receipt = await viem.getTransactionReceipt({ hash: hex(done.txid) });
    expect(receipt.status).toBe("success");
    expect((await viem.getTransaction({ hash: hex(done.txid) })).gas).toBe(gas);
    const short = await send({
      pseudonym: 5,
      nonce: 1n,
      calls: [{ to: bell, value: 0n, data: Uint8Array.of(1, 2) }],
      gasLimit: gas - intrinsic - 1n,
    });
    expect((await viem.getTransactionReceipt({ hash: hex(short.txid) })).status).toBe("reverted");
  });

  it("watchEvent brings logs over HTTP and WebSocket", async () => {
    const client = createPublicClient({ transport: webSocket(test.node.wsUrl) });
    const seen = (on: PublicClient): Promise<Log[]> =>
      new Promise((resolve) => {
        const stop = on.watchEvent({
          address: hex(bell),
          event,
          onLogs: (logs) => {
            stop();
            resolve(logs as unknown as Log[]);
          },
        });
      });
    const both = Promise.all([seen(client as PublicClient), seen(viem)]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const rung = await send({ pseudonym: 6, calls: [{ to: bell, value: 0n, data: Uint8Array.of(7) }] });
    for (const logs of await both) {
      expect(logs.map(({ data, transactionHash }) => [data, transactionHash])).toEqual([["0x07", hex(rung.txid)]]);
    }
    const socket = (await client.transport.getRpcClient()) as { close(): void };
    socket.close();
  });
});
