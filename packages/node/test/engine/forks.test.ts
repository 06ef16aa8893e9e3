import { createHash } from "node:crypto";
import { DEPOSIT_CONTRACT, DEPOSIT_CONTRACT_ADDRESS } from "@sero/contracts";
import { BEACON_ROOTS, BLOCK_HASHES, WITHDRAWAL_REQUESTS } from "@sero/execution";
import { concatBytes, fromHex, toHex, type Call } from "@sero/protocol";
import { encodeFunctionData, type Abi } from "viem";
import { afterEach, describe, expect, it } from "vitest";
import { startEngineNode, valid, ROOT, type BuiltJson, type EngineNode } from "../helpers/engine.js";
import { startTestNode, testSpec } from "../helpers/node.js";
import { pseudonymAddress } from "../helpers/payment.js";

const plain = testSpec();
const spec = testSpec({
  cancunTime: plain.genesisTime + 10n,
  pragueTime: plain.genesisTime + 20n,
  osakaTime: plain.genesisTime + 30n,
});
const BEACON = { parentBeaconBlockRoot: ROOT };
const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    createHash("sha256")
      .update(concatBytes(...parts))
      .digest(),
  );

describe("a chain that goes through Cancun, Prague and Osaka", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  async function open(): Promise<EngineNode> {
    const node = await startEngineNode({ spec });
    stops.push(() => node.test.stop());
    return node;
  }
  /** Builds on the head, has another node execute it, and makes it the head of both. */
  async function extend(nodes: readonly EngineNode[], at: bigint): Promise<BuiltJson> {
    const [first] = nodes as [EngineNode];
    const built = await first.buildAll(first.head(), at, at >= 10n ? BEACON : {});
    const { executionPayload: payload, executionRequests } = built;
    for (const node of nodes) {
      expect(await node.newPayload(payload, at >= 10n ? ROOT : undefined, executionRequests)).toEqual(
        valid(payload.blockHash),
      );
      await node.forkchoice(payload.blockHash);
    }
    return built;
  }
  const call = async (node: EngineNode, to: Uint8Array, data: bigint): Promise<unknown> =>
    node.test.rpc("eth_call", [{ to: toHex(to), data: `0x${data.toString(16).padStart(64, "0")}` }, "latest"]);

  it("blocks get their fields at their time; contracts read beacon roots and block hashes", async () => {
    const nodes = [await open(), await open()];
    const [node] = nodes as [EngineNode];
    for (const at of [4n, 9n, 10n, 14n, 20n, 30n]) await extend(nodes, at);
    const shapes: unknown[] = [];
    for (let number = 1; number <= 6; number++) {
      const block = (await node.test.rpc("eth_getBlockByNumber", [`0x${number}`, false])) as Record<string, unknown>;
      shapes.push([block["parentBeaconBlockRoot"] === ROOT, block["blobGasUsed"], typeof block["requestsHash"]]);
    }
    const [shanghai, cancun, prague] = [
      [false, undefined, "undefined"],
      [true, "0x0", "undefined"],
      [true, "0x0", "string"],
    ];
    expect(shapes).toEqual([shanghai, shanghai, cancun, cancun, prague, prague]);
    expect(await call(node, BEACON_ROOTS.address, spec.genesisTime + 14n)).toBe(ROOT);
    await expect(call(node, BEACON_ROOTS.address, spec.genesisTime + 9n)).rejects.toMatchObject({ code: 3 });
    const { hash } = (await node.test.rpc("eth_getBlockByNumber", ["0x5", false])) as { hash: string };
    expect(await call(node, BLOCK_HASHES.address, 5n)).toBe(hash);
  });

  it("deposits and requests of contracts reach the consensus client, and only as the block makes them", async () => {
    const nodes = [await open(), await open()];
    const [node] = nodes as [EngineNode];
    for (const at of [4n, 10n, 20n]) await extend(nodes, at);
    const [pubkey, credentials, signature] = [48, 32, 96].map((length, i) => new Uint8Array(length).fill(i + 1)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const amount = new Uint8Array(8);
    new DataView(amount.buffer).setBigUint64(0, 1_000_000_000n, true);
    const zeros = (length: number): Uint8Array => new Uint8Array(length);
    const root = sha256(
      sha256(sha256(pubkey, zeros(16)), credentials),
      sha256(amount, zeros(24), sha256(sha256(signature.slice(0, 64)), sha256(signature.slice(64), zeros(32)))),
    );
    const args = [pubkey, credentials, signature, root].map((bytes) => toHex(bytes)) as `0x${string}`[];
    const data = encodeFunctionData({ abi: DEPOSIT_CONTRACT.abi as Abi, functionName: "deposit", args });
    const exit = concatBytes(pubkey, zeros(8));
    const calls: Call[] = [
      { to: DEPOSIT_CONTRACT_ADDRESS, value: 10n ** 18n, data: fromHex(data) },
      { to: WITHDRAWAL_REQUESTS.address, value: 1n, data: exit },
    ];
    const payment = node.test.pay(1, { call: { pseudonym: 1, gasLimit: 1_000_000n, calls } });
    await node.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    const built = await extend(nodes, 24n);
    const receipt = (await node.test.rpc("eth_getTransactionReceipt", [toHex(payment.txid)])) as { status: string };
    expect(receipt.status).toBe("0x1");
    const sender = toHex(pseudonymAddress(1)).slice(2);
    expect(built.executionRequests).toEqual([
      toHex(concatBytes(Uint8Array.of(0), pubkey, credentials, amount, signature, zeros(8))),
      `0x01${sender}${toHex(pubkey).slice(2)}${"00".repeat(8)}`,
    ]);
    expect((await extend(nodes, 30n)).executionRequests).toEqual([]);
  });

  it("without requests in the parameters, or with others, the hash is not the block's", async () => {
    const node = await open();
    for (const at of [10n, 20n]) await extend([node], at);
    const { executionPayload: payload } = await node.buildAll(node.head(), 24n, BEACON);
    const other = [`0x01${"aa".repeat(76)}`];
    expect(await node.newPayload(payload, ROOT, other)).toMatchObject({ status: "INVALID", latestValidHash: null });
    expect(await node.newPayload(payload, ROOT, [])).toEqual(valid(payload.blockHash));
  });

  it("forks that are active at genesis are in block 0, and a node goes on with them after a restart", async () => {
    const early = testSpec({ cancunTime: 0n, pragueTime: 0n, osakaTime: 0n });
    const node = await startEngineNode({ spec: early });
    stops.push(() => node.test.stop());
    expect(node.genesis).not.toBe((await open()).genesis);
    const block = await node.test.rpc("eth_getBlockByNumber", ["0x0", false]);
    expect(block).toMatchObject({ parentBeaconBlockRoot: `0x${"00".repeat(32)}`, blobGasUsed: "0x0" });
    const { executionPayload: payload } = await node.buildAll(node.genesis, 4n, BEACON);
    expect(await node.newPayload(payload, ROOT, [])).toEqual(valid(payload.blockHash));
    await node.forkchoice(payload.blockHash);
    await node.test.node.stop();
    const again = await startTestNode({ spec: early, dataDir: node.test.dataDir });
    stops.push(() => again.stop());
    expect(toHex(again.node.context.chain.head().hash)).toBe(payload.blockHash);
    expect((await again.node.context.sealer!.seal()).header.requestsHash).toBeDefined();
  });

  it("the local sealer goes through the forks by the same calls", async () => {
    let now = spec.genesisTime;
    const sealer = { intervalMs: 0, onDemand: false, nowSeconds: () => Number(now) };
    const test = await startTestNode({ spec, sealer });
    stops.push(() => test.stop());
    for (const at of [5n, 10n, 20n, 30n]) {
      now = spec.genesisTime + at;
      const block = await test.node.context.sealer!.seal();
      expect([at, block.header.cancun !== undefined, block.header.requestsHash !== undefined]).toEqual([
        at,
        at >= 10n,
        at >= 20n,
      ]);
    }
  });
});
