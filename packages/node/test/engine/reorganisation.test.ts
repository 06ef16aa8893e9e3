import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { altered, startEngineNode, SYNCING, valid, type EngineNode, type PayloadJson } from "../helpers/engine.js";

describe("reorganisations by fork choice", () => {
  const nodes: EngineNode[] = [];
  afterEach(async () => {
    for (const { test } of nodes.splice(0)) await test.stop();
  });
  async function open(): Promise<EngineNode> {
    const node = await startEngineNode();
    nodes.push(node);
    return node;
  }
  const receipt = async (node: EngineNode, hash: string): Promise<{ blockHash: string } | null> =>
    (await node.test.rpc("eth_getTransactionReceipt", [hash])) as { blockHash: string } | null;
  async function send(node: EngineNode, seed: number): Promise<string> {
    const payment = node.test.pay(seed);
    await node.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    return toHex(payment.txid);
  }

  it("to a side chain of the same height: another prevRandao, other state, and back", async () => {
    const node = await open();
    await send(node, 1);
    const main = await node.build(node.genesis, 4n);
    const other = await node.build(node.genesis, 4n, {
      prevRandao: `0x${"99".repeat(32)}`,
      suggestedFeeRecipient: `0x${"77".repeat(20)}`,
    });
    for (const payload of [main, other]) await node.newPayload(payload);
    for (const payload of [main, other, main]) {
      expect((await node.forkchoice(payload.blockHash)).payloadStatus).toEqual(valid(payload.blockHash));
      const block = (await node.test.rpc("eth_getBlockByNumber", ["latest", false])) as {
        mixHash: string;
        hash: string;
      };
      expect(block).toMatchObject({ hash: payload.blockHash, mixHash: payload["prevRandao"] });
      const balances = await Promise.all(
        [main, other].map((each) => node.test.rpc("eth_getBalance", [each["feeRecipient"], "latest"])),
      );
      expect(balances.map((balance) => balance !== "0x0")).toEqual([payload === main, payload === other]);
    }
  });

  for (const depth of [5, 10]) {
    it(`back into the canonical chain, ${depth} blocks deep, with a side block executed there, and on`, async () => {
      const node = await open();
      const chain = await node.grow(node.genesis, 4n, depth + 2);
      const branch = chain[1]!;
      const side = await node.build(branch.blockHash, 200n, { prevRandao: `0x${"99".repeat(32)}` });
      expect(node.head()).toBe(branch.blockHash);
      expect(await node.newPayload(side)).toEqual(valid(side.blockHash));
      await node.forkchoice(side.blockHash);
      expect(node.head()).toBe(side.blockHash);
      const tip = chain.at(-1)!;
      expect((await node.forkchoice(tip.blockHash)).payloadStatus).toEqual(valid(tip.blockHash));
      const [next] = await node.grow(tip.blockHash, 300n, 1);
      expect(node.head()).toBe(next!.blockHash);
      expect(await node.test.rpc("eth_getBlockByNumber", ["0x3", false])).toMatchObject({ hash: chain[2]!.blockHash });
    });
  }

  it("back from a chain that is not here: SYNCING, then the canonical one goes on", async () => {
    const [node, elsewhere] = [await open(), await open()];
    const lost = await elsewhere.grow(elsewhere.genesis, 3n, 3);
    const chain = await node.grow(node.genesis, 4n, 3);
    expect(await node.newPayload(lost[2]!)).toEqual(SYNCING);
    expect((await node.forkchoice(lost[2]!.blockHash)).payloadStatus).toEqual(SYNCING);
    const [next] = await node.grow(chain[2]!.blockHash, 40n, 1);
    expect(node.head()).toBe(next!.blockHash);
    expect(await node.test.rpc("eth_syncing")).toBe(false);
  });

  it("to a payload of a side chain that was validated before, and one built on it", async () => {
    const node = await open();
    const chain = await node.grow(node.genesis, 4n, 5);
    const side: PayloadJson[] = [];
    for (const payload of chain.slice(1)) {
      const parent = side.at(-1)?.blockHash ?? chain[0]!.blockHash;
      side.push(
        altered(payload, { parentHash: Buffer.from(parent.slice(2), "hex") as never, extraData: new Uint8Array([1]) }),
      );
    }
    for (const payload of side) expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    expect(node.head()).toBe(chain[4]!.blockHash);
    const middle = side[2]!;
    const built = await node.build(middle.blockHash, 90n);
    expect(node.head()).toBe(middle.blockHash);
    expect(await node.newPayload(built)).toEqual(valid(built.blockHash));
    await node.forkchoice(built.blockHash);
    expect(node.head()).toBe(built.blockHash);
    await node.forkchoice(side[3]!.blockHash, { safe: side[1]!.blockHash, finalized: chain[0]!.blockHash });
    expect(await node.test.rpc("eth_getBlockByNumber", ["safe", false])).toMatchObject({ hash: side[1]!.blockHash });
  });

  it("the safe block can be one of a side chain, and the finalized one goes on there", async () => {
    const node = await open();
    const side = await node.grow(node.genesis, 3n, 3);
    const chain = await node.grow(node.genesis, 4n, 3);
    await node.forkchoice(chain[2]!.blockHash, { safe: chain[1]!.blockHash });
    const [head, safe, finalized] = [side[2]!.blockHash, side[1]!.blockHash, side[0]!.blockHash];
    expect((await node.forkchoice(head, { safe })).payloadStatus).toEqual(valid(head));
    expect(await node.test.rpc("eth_getBlockByNumber", ["safe", false])).toMatchObject({ hash: safe });
    await node.forkchoice(head, { safe, finalized });
    expect(await node.test.rpc("eth_getBlockByNumber", ["finalized", false])).toMatchObject({ hash: finalized });
    // What the finalized block ruled out is gone for good.
    expect((await node.forkchoice(chain[2]!.blockHash)).payloadStatus).toEqual(SYNCING);
    expect(await node.newPayload(chain[0]!)).toMatchObject({ status: "ACCEPTED" });
  });

  it("a transaction that leaves the chain waits again and comes into the next block", async () => {
    const node = await open();
    const without = await node.build(node.genesis, 4n);
    const txid = await send(node, 1);
    const holding = await node.build(node.genesis, 5n);
    expect(holding.transactions).toHaveLength(1);
    for (const payload of [without, holding]) await node.newPayload(payload);
    await node.forkchoice(holding.blockHash);
    expect(await receipt(node, txid)).toMatchObject({ blockHash: holding.blockHash });
    await node.forkchoice(without.blockHash);
    expect(await receipt(node, txid)).toBeNull();
    expect(node.test.node.context.mempool.size).toBe(1);
    const [next] = await node.grow(without.blockHash, 9n, 1);
    expect(next!.transactions).toHaveLength(1);
    expect(await receipt(node, txid)).toMatchObject({ blockHash: next!.blockHash });
  });

  it("a transaction that two branches hold is in the block of the branch that is canonical", async () => {
    const node = await open();
    const txid = await send(node, 1);
    const [a, b] = [await node.build(node.genesis, 4n), await node.build(node.genesis, 5n)];
    for (const payload of [a, b]) await node.newPayload(payload);
    for (const payload of [a, b, a]) {
      await node.forkchoice(payload.blockHash);
      expect(await receipt(node, txid)).toMatchObject({ blockHash: payload.blockHash });
      expect(node.test.node.context.mempool.size).toBe(0);
    }
  });

  it("a branch that spends the same note with another transaction: the one of the canonical branch counts, the other is void", async () => {
    const node = await open();
    const [one, other] = [7, 8].map((seed) => node.test.pay(seed, { nullifier: 4242n }));
    await node.test.rpc("eth_sendRawTransaction", [toHex(one!.bytes)]);
    const a = await node.build(node.genesis, 4n);
    const b = altered(await node.build(node.genesis, 5n), {}, [toHex(other!.bytes)]);
    await node.newPayload(a);
    // Its header claims the roots of the first one's execution.
    expect(await node.newPayload(b)).toMatchObject({ status: "INVALID" });
    await node.forkchoice(a.blockHash);
    await expect(node.test.rpc("eth_sendRawTransaction", [toHex(other!.bytes)])).rejects.toMatchObject({
      code: -32003,
    });
  });
});
