import type { Block } from "@sero/execution";
import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { executionPayloadV2, payloadV2 } from "../../src/engine/json/payload.js";
import { altered, invalid, startEngineNode, type EngineNode, type PayloadJson } from "../helpers/engine.js";

describe("blocks from peers", () => {
  const nodes: EngineNode[] = [];
  afterEach(async () => {
    for (const { test } of nodes.splice(0)) await test.stop();
  });
  async function pair(count: number): Promise<{ chain: PayloadJson[]; node: EngineNode }> {
    const [builder, node] = [await startEngineNode(), await startEngineNode()];
    nodes.push(builder, node);
    return { chain: await builder.grow(builder.genesis, 4n, count), node };
  }
  const blockOf = (payload: PayloadJson): Block => payloadV2(executionPayloadV2.parse(payload)).block;
  const engineOf = (node: EngineNode): EngineNode["test"]["node"]["context"]["engine"] => node.test.node.context.engine;

  it("the consensus client names a head that is not here, blocks come, and the head is it", async () => {
    const { chain, node } = await pair(6);
    const [head, safe, finalized] = [chain[5]!.blockHash, chain[3]!.blockHash, chain[2]!.blockHash];
    await node.forkchoice(head, { safe, finalized });
    const missing = engineOf(node).missing()!;
    expect([toHex(missing.wanted), toHex(missing.finalized!)]).toEqual([head, finalized]);
    expect(await node.test.rpc("eth_syncing")).not.toBe(false);
    const first = await engineOf(node).importBlocks(chain.slice(0, 3).map(blockOf), { isFinal: true });
    expect(first).toEqual({ imported: 3, status: { status: "VALID", latestValidHash: expect.anything() as unknown } });
    expect(toHex(node.test.node.context.chain.finalized().hash)).toBe(finalized);
    expect(node.head()).toBe(finalized);
    expect(await node.test.rpc("eth_syncing")).not.toBe(false);
    expect(await engineOf(node).importBlocks(chain.slice(3).map(blockOf), { isFinal: false })).toMatchObject({
      imported: 3,
    });
    expect(node.head()).toBe(head);
    expect(await node.test.rpc("eth_syncing")).toBe(false);
    expect(engineOf(node).missing()).toBeUndefined();
    expect(await node.test.rpc("eth_getBlockByNumber", ["safe", false])).toMatchObject({ hash: safe });
  });

  it("payloads that waited go on by themselves from where the imported blocks end", async () => {
    const { chain, node } = await pair(5);
    await node.newPayload(chain[3]!);
    await node.newPayload(chain[4]!);
    await node.forkchoice(chain[4]!.blockHash);
    expect(toHex(engineOf(node).missing()!.wanted)).toBe(chain[2]!.blockHash);
    await engineOf(node).importBlocks(chain.slice(0, 3).map(blockOf), { isFinal: false });
    for (let i = 0; i < 100 && node.head() !== chain[4]!.blockHash; i++) await engineOf(node).idle();
    expect(node.head()).toBe(chain[4]!.blockHash);
  });

  it("an invalid block ends the run and says which ones are in; a body that is not the header's says nothing about the block", async () => {
    const { chain, node } = await pair(4);
    const blocks = chain.map(blockOf);
    const foreign = {
      ...blocks[1]!,
      withdrawals: [{ index: 1n, validatorIndex: 1n, address: new Uint8Array(20) as never, amount: 1n }],
    };
    const swapped = await engineOf(node).importBlocks([blocks[0]!, foreign, blocks[2]!], { isFinal: false });
    expect(swapped).toMatchObject({ imported: 1, status: { status: "INVALID", latestValidHash: undefined } });
    const bad = blockOf(altered(chain[2]!, { stateRoot: new Uint8Array(32) }));
    const run = await engineOf(node).importBlocks([blocks[1]!, bad, blocks[3]!], { isFinal: true });
    expect(run).toMatchObject({ imported: 1, status: { status: "INVALID" } });
    expect(toHex(node.test.node.context.chain.finalized().hash)).toBe(chain[1]!.blockHash);
    expect(await engineOf(node).importBlocks([blocks[3]!], { isFinal: false })).toMatchObject({
      imported: 0,
      status: { status: "SYNCING" },
    });
    expect(await engineOf(node).importBlocks(blocks, { isFinal: false })).toMatchObject({ imported: 4 });
  });

  it("what descends from an invalid block is INVALID by name alone, once headers show it", async () => {
    const { chain, node } = await pair(4);
    await node.forkchoice(chain[3]!.blockHash);
    const bad = altered(chain[0]!, { stateRoot: new Uint8Array(32) });
    const named = [2, 3].map((i) => Buffer.from(chain[i]!.blockHash.slice(2), "hex"));
    const hash = Buffer.from(bad.blockHash.slice(2), "hex");
    engineOf(node).condemn(named, hash);
    expect(engineOf(node).isSyncing()).toBe(true);
    await engineOf(node).importBlocks([blockOf(bad)], { isFinal: false });
    engineOf(node).condemn(named, hash);
    expect(engineOf(node).isSyncing()).toBe(false);
    expect((await node.forkchoice(chain[3]!.blockHash)).payloadStatus).toEqual(invalid(node.genesis));
    expect(await node.newPayload(chain[2]!)).toEqual(invalid(node.genesis));
  });

  it("calls of the consensus client get their turn between two blocks, and a run can be stopped there", async () => {
    const { chain, node } = await pair(12);
    const controller = new AbortController();
    const running = engineOf(node).importBlocks(chain.map(blockOf), { isFinal: false, signal: controller.signal });
    const none = new Uint8Array(32);
    const { genesisHash: head } = node.test.node.context;
    const answered = await engineOf(node).forkchoiceUpdated({ head, safe: none, finalized: none });
    expect(answered.status.status).toBe("VALID");
    controller.abort();
    const { imported } = await running;
    expect(imported).toBeLessThan(12);
    expect(await engineOf(node).importBlocks(chain.slice(imported).map(blockOf), { isFinal: false })).toMatchObject({
      imported: 12 - imported,
    });
  });

  it("what is final already, and a head above what becomes final, stay where they are", async () => {
    const { chain, node } = await pair(5);
    for (const payload of chain) await node.newPayload(payload);
    await node.forkchoice(chain[4]!.blockHash);
    await engineOf(node).importBlocks(chain.slice(0, 3).map(blockOf), { isFinal: true });
    expect([node.head(), toHex(node.test.node.context.chain.finalized().hash)]).toEqual([
      chain[4]!.blockHash,
      chain[2]!.blockHash,
    ]);
    expect(await engineOf(node).importBlocks(chain.slice(0, 2).map(blockOf), { isFinal: true })).toMatchObject({
      imported: 2,
    });
    expect(node.head()).toBe(chain[4]!.blockHash);
  });
});
