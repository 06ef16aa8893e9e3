import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngineNode, type EngineNode, type PayloadJson } from "../helpers/engine.js";

const NOWHERE = `0x${"44".repeat(32)}`;
const WITHDRAWAL = { index: "0x0", validatorIndex: "0x1", address: `0x${"aa".repeat(20)}`, amount: "0x5" };

describe("getPayloadBodies", () => {
  let node: EngineNode;
  let chain: PayloadJson[];
  let side: PayloadJson[];
  beforeAll(async () => {
    node = await startEngineNode();
    side = await node.grow(node.genesis, 3n, 4);
    await node.forkchoice(node.genesis);
    await node.test.rpc("eth_sendRawTransaction", [toHex(node.test.pay(1).bytes)]);
    chain = await node.grow(node.genesis, 4n, 1, { withdrawals: [WITHDRAWAL] });
    chain.push(...(await node.grow(chain[0]!.blockHash, 8n, 3)));
  });
  afterAll(() => node.test.stop());

  const bodyOf = ({ transactions, withdrawals }: PayloadJson): object => ({ transactions, withdrawals });
  const byHash = (hashes: unknown[]): Promise<unknown[]> => node.call("engine_getPayloadBodiesByHashV1", hashes);
  const byRange = (start: string, count: string): Promise<unknown[]> =>
    node.call("engine_getPayloadBodiesByRangeV1", start, count);

  it("by hash: in the order asked for, null for what is missing, side chains and genesis too", async () => {
    const hashes = [
      chain[1]!.blockHash,
      NOWHERE,
      chain[0]!.blockHash,
      side[2]!.blockHash,
      node.genesis,
      chain[0]!.blockHash,
    ];
    const bodies = await byHash(hashes);
    expect(bodies).toEqual([
      bodyOf(chain[1]!),
      null,
      bodyOf(chain[0]!),
      bodyOf(side[2]!),
      { transactions: [], withdrawals: [] },
      bodyOf(chain[0]!),
    ]);
    expect(bodies[0]).toEqual({ transactions: [], withdrawals: [] });
    expect(bodies[2]).toMatchObject({ transactions: [expect.any(String)], withdrawals: [WITHDRAWAL] });
    expect(await byHash([])).toEqual([]);
  });

  it("by range: canonical ones only, nothing above the head", async () => {
    const all = chain.map(bodyOf);
    expect(await byRange("0x1", "0x4")).toEqual(all);
    expect(await byRange("0x1", "0x80")).toEqual(all);
    expect(await byRange("0x2", "0x2")).toEqual(all.slice(1, 3));
    expect(await byRange("0x4", "0x1")).toEqual(all.slice(3));
    expect(await byRange("0x4", "0x20")).toEqual(all.slice(3));
    expect(await byRange("0x5", "0x1")).toEqual([]);
    expect(await byRange("0xffffffffffffffff", "0x20")).toEqual([]);
  });

  it("by range after a reorganisation: those of the branch that is canonical now", async () => {
    await node.forkchoice(side[1]!.blockHash);
    expect(await byRange("0x1", "0x10")).toEqual(side.slice(0, 2).map(bodyOf));
    await node.forkchoice(chain[3]!.blockHash);
    expect(await byRange("0x1", "0x10")).toEqual(chain.map(bodyOf));
  });

  it("what a block lost to pruning is null in its place, never left out", async () => {
    const { store } = node.test.node.context;
    const { body } = store;
    Object.assign(store, {
      body: (hash: Uint8Array) => (toHex(hash) === chain[1]!.blockHash ? undefined : body(hash)),
    });
    const expected = [bodyOf(chain[0]!), null, bodyOf(chain[2]!), bodyOf(chain[3]!)];
    expect(await byRange("0x1", "0x9")).toEqual(expected);
    expect(await byHash(chain.map(({ blockHash }) => blockHash))).toEqual(expected);
    Object.assign(store, { body });
  });

  it("zero as start or count is -32602, too many are -38004, 32 and more are served", async () => {
    for (const [start, count] of [
      ["0x0", "0x1"],
      ["0x1", "0x0"],
      ["0x0", "0x0"],
      ["1", "0x1"],
      ["0x1", "0x10000000000000000"],
    ]) {
      await expect(byRange(start!, count!)).rejects.toMatchObject({ code: -32602 });
    }
    await expect(byRange("0x1", "0x81")).rejects.toMatchObject({ code: -38004 });
    await expect(byRange("0x1", "0xffffffffffffffff")).rejects.toMatchObject({ code: -38004 });
    const many = Array.from({ length: 129 }, () => chain[0]!.blockHash);
    await expect(byHash(many)).rejects.toMatchObject({ code: -38004 });
    expect(await byHash(many.slice(1))).toHaveLength(128);
    await expect(byHash(["0x12"])).rejects.toMatchObject({ code: -32602 });
  });

  it("many requests at once are all answered alike, while payloads come in", async () => {
    const expected = chain.map(bodyOf);
    const asked = Array.from({ length: 30 }, (_, i) =>
      i % 2 ? byRange("0x1", "0x4") : byHash(chain.map(({ blockHash }) => blockHash)),
    );
    const next = node.newPayload(await node.build(chain[3]!.blockHash, 99n));
    for (const bodies of await Promise.all(asked)) expect(bodies).toEqual(expected);
    expect(await next).toMatchObject({ status: "VALID" });
  });

  it("after blocks came from peers, and not as payloads, they are there too", async () => {
    const other = await startEngineNode();
    const { engine } = other.test.node.context;
    const { executionPayloadV2, payloadV2 } = await import("../../src/engine/json/payload.js");
    const blocks = chain.map((payload) => payloadV2(executionPayloadV2.parse(payload)).block);
    expect(await engine.importBlocks(blocks, { isFinal: true })).toMatchObject({ imported: 4 });
    expect(await other.call("engine_getPayloadBodiesByRangeV1", "0x1", "0x10")).toEqual(chain.map(bodyOf));
    await other.test.stop();
  });
});
