import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  altered,
  attributesAt,
  startEngineNode,
  SYNCING,
  valid,
  ZERO,
  type EngineNode,
  type PayloadJson,
} from "../helpers/engine.js";

const NOWHERE = `0x${"33".repeat(32)}`;
const INVALID_STATE = { code: -38002 };
const INVALID_ATTRIBUTES = { code: -38003 };

describe("forkchoiceUpdated", () => {
  let node: EngineNode;
  /** Canonical blocks, and a side chain of the same length. */
  let chain: PayloadJson[];
  let side: PayloadJson[];
  let time: bigint;
  beforeAll(async () => {
    node = await startEngineNode();
    time = node.test.node.context.spec.genesisTime;
    side = await node.grow(node.genesis, 3n, 3);
    chain = await node.grow(node.genesis, 4n, 3);
  });
  afterAll(() => node.test.stop());
  const head = (): string => chain[2]!.blockHash;

  it("an unknown head is SYNCING, with attributes too, whatever they are", async () => {
    for (const attributes of [undefined, attributesAt(time + 99n), attributesAt(0n), { nonsense: true }]) {
      expect(await node.forkchoice(NOWHERE, attributes ? { attributes } : {})).toEqual({
        payloadStatus: SYNCING,
        payloadId: null,
      });
    }
    expect(await node.test.rpc("eth_syncing")).toMatchObject({ currentBlock: "0x3" });
    await node.forkchoice(head());
    expect(await node.test.rpc("eth_syncing")).toBe(false);
  });

  it("an unknown safe or finalized block of a known head is -38002, and nothing moves", async () => {
    await node.forkchoice(chain[1]!.blockHash);
    const attributes = attributesAt(time + 99n);
    for (const more of [{ safe: NOWHERE }, { finalized: NOWHERE }, { safe: NOWHERE, attributes }]) {
      await expect(node.forkchoice(head(), more)).rejects.toMatchObject(INVALID_STATE);
    }
    expect(node.head()).toBe(chain[1]!.blockHash);
    await node.forkchoice(head());
  });

  it("a safe or finalized block of another branch than the head's is -38002; so is a head of another branch than theirs", async () => {
    const states: readonly (readonly [string, string, string])[] = [
      [side[2]!.blockHash, chain[1]!.blockHash, chain[0]!.blockHash],
      [head(), side[1]!.blockHash, chain[0]!.blockHash],
      [head(), chain[1]!.blockHash, side[0]!.blockHash],
      // Named above the head, they are none of its ancestors either.
      [chain[0]!.blockHash, chain[1]!.blockHash, ZERO],
    ];
    for (const [named, safe, finalized] of states) {
      await expect(node.forkchoice(named, { safe, finalized })).rejects.toMatchObject(INVALID_STATE);
    }
    expect(node.head()).toBe(head());
    expect(node.test.node.context.chain.finalized().number).toBe(0n);
  });

  it("no head at all is -38002, a state of another form -32602", async () => {
    await expect(node.forkchoice(ZERO)).rejects.toMatchObject(INVALID_STATE);
    const state = { headBlockHash: head(), safeBlockHash: ZERO };
    for (const wrong of [state, { ...state, finalizedBlockHash: "0x12" }, null, 7, []]) {
      await expect(node.call("engine_forkchoiceUpdatedV2", wrong, null)).rejects.toMatchObject({ code: -32602 });
      await expect(node.call("engine_forkchoiceUpdatedV3", wrong, null)).rejects.toMatchObject({ code: -32602 });
    }
  });

  it("wrong attributes are refused after the fork choice was applied, which stays", async () => {
    const wrong = [
      attributesAt(0n),
      attributesAt(BigInt(chain[1]!.timestamp)),
      attributesAt(BigInt(chain[1]!.timestamp) - 1n),
      attributesAt(time + 99n, { withdrawals: undefined }),
      attributesAt(time + 99n, { extra: "0x0" }),
      attributesAt(time + 99n, { suggestedFeeRecipient: "0x00" }),
      attributesAt(1n << 64n),
      7,
      "text",
    ];
    for (const attributes of wrong) {
      await node.forkchoice(head());
      const call = node.forkchoice(chain[1]!.blockHash, { attributes: attributes as object });
      await expect(call).rejects.toMatchObject(INVALID_ATTRIBUTES);
      expect(node.head()).toBe(chain[1]!.blockHash);
    }
    await node.forkchoice(head());
  });

  it("each change of an attribute, or of the parent, is a payload of its own; the same again is the same", async () => {
    const withdrawal = { index: "0x1", validatorIndex: "0x2", address: `0x${"aa".repeat(20)}`, amount: "0x3" };
    const base = { withdrawals: [withdrawal, withdrawal] };
    const variants: object[] = [
      base,
      { ...base, timestamp: `0x${(time + 61n).toString(16)}` },
      { ...base, prevRandao: `0x${"08".repeat(32)}` },
      { ...base, suggestedFeeRecipient: `0x${"ff".repeat(20)}` },
      { withdrawals: [withdrawal] },
      { withdrawals: [withdrawal, withdrawal, { ...withdrawal, amount: "0x0" }] },
      { withdrawals: [{ ...withdrawal, amount: "0x4" }, withdrawal] },
      { withdrawals: [{ ...withdrawal, index: "0x4" }, withdrawal] },
      { withdrawals: [{ ...withdrawal, validatorIndex: "0x4" }, withdrawal] },
      { withdrawals: [{ ...withdrawal, address: `0x${"ab".repeat(20)}` }, withdrawal] },
      { withdrawals: [] },
    ];
    const ids: (string | null)[] = [];
    for (const more of variants) {
      ids.push((await node.forkchoice(head(), { attributes: attributesAt(time + 60n, more) })).payloadId);
    }
    const again = await node.forkchoice(head(), { attributes: attributesAt(time + 60n, base) });
    expect(again.payloadId).not.toBeNull();
    const elsewhere = await node.forkchoice(side[2]!.blockHash, { attributes: attributesAt(time + 60n, base) });
    ids.push(elsewhere.payloadId);
    expect(new Set(ids).size).toBe(variants.length + 1);
    expect(ids).not.toContain(null);
    await node.forkchoice(head());
  });

  it("a different beacon root is another payload", async () => {
    const { spec } = node.test.node.context;
    const cancun = await startEngineNode({ spec: { ...spec, cancunTime: spec.genesisTime } });
    const ids: (string | null)[] = [];
    for (const byte of ["b0", "b1", "b0"]) {
      const attributes = attributesAt(time + 60n, { parentBeaconBlockRoot: `0x${byte.repeat(32)}` });
      ids.push((await cancun.forkchoice(cancun.genesis, { attributes })).payloadId);
    }
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[2]).toBe(ids[0]);
    await cancun.test.stop();
  });

  it("calls are handled in the order in which they came", async () => {
    const token = node.token();
    const state = (hash: string): object => ({ headBlockHash: hash, safeBlockHash: ZERO, finalizedBlockHash: ZERO });
    const [fresh] = [await node.build(head(), 30n)];
    const calls: (readonly [string, unknown[]])[] = [
      ["engine_newPayloadV2", [fresh]],
      ["engine_forkchoiceUpdatedV2", [state(fresh.blockHash), null]],
      ["engine_forkchoiceUpdatedV2", [state(side[2]!.blockHash), null]],
      ["engine_forkchoiceUpdatedV2", [state(fresh.blockHash), attributesAt(time + 44n)]],
    ];
    const replies = await Promise.all(
      calls.map(async ([method, params], id) => {
        const response = await node.post(token, { jsonrpc: "2.0", id, method, params });
        return (await response.json()) as { result: { payloadStatus?: object; payloadId?: string } };
      }),
    );
    expect(replies.map(({ result }) => result.payloadStatus)).toEqual([
      undefined,
      valid(fresh.blockHash),
      valid(side[2]!.blockHash),
      valid(fresh.blockHash),
    ]);
    expect(replies[3]!.result.payloadId).toMatch(/^0x[0-9a-f]{16}$/);
    expect(node.head()).toBe(fresh.blockHash);
    await node.forkchoice(head());
  });

  it("safe and finalized blocks that are final already, and none, are good with any head above", async () => {
    const two = await startEngineNode();
    for (const payload of chain) await two.newPayload(payload);
    await two.forkchoice(head(), { safe: chain[1]!.blockHash, finalized: chain[1]!.blockHash });
    for (const named of [ZERO, two.genesis, chain[0]!.blockHash, chain[1]!.blockHash]) {
      expect((await two.forkchoice(head(), { safe: named, finalized: named })).payloadStatus).toEqual(valid(head()));
    }
    expect(toHex(two.test.node.context.chain.finalized().hash)).toBe(chain[1]!.blockHash);
    // Back to the finalized block itself, and forward: all above it can still change.
    const back = await two.forkchoice(chain[1]!.blockHash, { attributes: attributesAt(time + 70n) });
    expect(back).toMatchObject({
      payloadStatus: valid(chain[1]!.blockHash),
      payloadId: expect.stringMatching(/^0x/) as string,
    });
    expect(two.head()).toBe(chain[1]!.blockHash);
    expect((await two.forkchoice(head())).payloadStatus).toEqual(valid(head()));
    await two.test.stop();
  });

  it("safe and finalized may be the head itself", async () => {
    const two = await startEngineNode();
    const [only] = await two.grow(two.genesis, 4n, 1);
    const hash = only!.blockHash;
    expect((await two.forkchoice(hash, { safe: hash, finalized: hash })).payloadStatus).toEqual(valid(hash));
    expect(await two.newPayload(altered(only!, { extraData: new Uint8Array([1]) }))).toMatchObject({
      status: "ACCEPTED",
    });
    expect(await two.build(hash, 8n)).toMatchObject({ parentHash: hash });
    await two.test.stop();
  });
});
