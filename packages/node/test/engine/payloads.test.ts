import { fromHex, toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Header } from "@sero/execution";
import {
  altered,
  invalid,
  startEngineNode,
  SYNCING,
  valid,
  ZERO,
  type EngineNode,
  type PayloadJson,
} from "../helpers/engine.js";
import { createdBy } from "../helpers/contracts.js";
import { pseudonymAddress } from "../helpers/payment.js";
import { BAD_PROOF } from "../helpers/verifier.js";

const unknown = (byte: number): never => new Uint8Array(32).fill(byte) as never;

/** Header fields that make a block invalid once its parent is known. */
const WRONG: Readonly<Record<string, (payload: PayloadJson) => Partial<Header>>> = {
  stateRoot: () => ({ stateRoot: unknown(1) }),
  receiptsRoot: () => ({ receiptsRoot: unknown(1) }),
  logsBloom: () => ({ logsBloom: new Uint8Array(256).fill(1) }),
  number: (payload) => ({ number: BigInt(payload.blockNumber) - 1n }),
  gasLimit: () => ({ gasLimit: 16_000_000n }),
  gasUsed: (payload) => ({ gasUsed: BigInt(payload["gasUsed"] as string) + 1n }),
  timestamp: () => ({ timestamp: 1n }),
  baseFeePerGas: () => ({ baseFee: 5n }),
};

describe("newPayload", () => {
  let builder: EngineNode;
  let node: EngineNode;
  let seed = 0;
  beforeAll(async () => {
    builder = await startEngineNode();
    node = await startEngineNode();
  });
  afterAll(async () => {
    await builder.test.stop();
    await node.test.stop();
  });
  let at = 0n;
  /** A new parent that both know, and a payload with a transaction on it. */
  async function next(): Promise<{ parent: PayloadJson; payload: PayloadJson }> {
    at += 20n;
    const [parent] = await builder.grow(builder.genesis, at, 1);
    expect(await node.newPayload(parent!)).toEqual(valid(parent!.blockHash));
    await node.forkchoice(parent!.blockHash);
    return { parent: parent!, payload: await on(parent!, at + 4n) };
  }
  async function on(parent: PayloadJson, when: bigint): Promise<PayloadJson> {
    await builder.test.rpc("eth_sendRawTransaction", [toHex(builder.test.pay(++seed).bytes)]);
    const payload = await builder.build(parent.blockHash, when);
    expect(payload.transactions.length).toBeGreaterThan(0);
    return payload;
  }

  for (const syncing of [false, true]) {
    for (const sidechain of [false, true]) {
      it(`a hash that is not the header's is INVALID without an ancestor (syncing ${syncing}, side chain ${sidechain})`, async () => {
        const { parent, payload } = await next();
        const base = syncing ? altered(payload, { parentHash: unknown(7) }) : payload;
        if (syncing) expect((await node.forkchoice(ROOTLESS)).payloadStatus).toEqual(SYNCING);
        if (sidechain) {
          const other = await builder.build(node.genesis, at + 1n);
          expect(await node.newPayload({ ...other, blockHash: base.blockHash })).toEqual(invalid(null));
        }
        const flipped = `${base.blockHash.slice(0, -1)}${base.blockHash.endsWith("0") ? "1" : "0"}`;
        expect(await node.newPayload({ ...base, blockHash: flipped })).toEqual(invalid(null));
        // Nothing was learnt about the true block of either hash.
        expect((await node.forkchoice(flipped)).payloadStatus).toEqual(SYNCING);
        expect(await node.newPayload(base)).toEqual(syncing ? SYNCING : valid(payload.blockHash));
        await node.forkchoice(parent.blockHash);
      });
    }
    it(`a hash that is the parent's is INVALID without an ancestor (syncing ${syncing})`, async () => {
      const { payload } = await next();
      const base = syncing ? altered(payload, { parentHash: unknown(8) }) : payload;
      expect(await node.newPayload({ ...base, blockHash: base.parentHash })).toEqual(invalid(null));
    });
  }

  for (const [field, change] of Object.entries(WRONG)) {
    for (const empty of [false, true]) {
      it(`a wrong ${field} is INVALID with the parent as ancestor${empty ? ", without transactions" : ""}; the head stays, a child is INVALID, and a good one is built`, async () => {
        const { parent, payload: full } = await next();
        const payload = empty ? altered(await builder.build(parent.blockHash, at + 5n), {}) : full;
        const wrong = altered(payload, change(payload));
        expect(await node.newPayload(wrong)).toEqual(invalid(parent.blockHash));
        const attributes = { ...ATTRIBUTES, timestamp: payload.timestamp };
        expect(await node.forkchoice(wrong.blockHash, { attributes })).toEqual({
          payloadStatus: invalid(parent.blockHash),
          payloadId: null,
        });
        expect(node.head()).toBe(parent.blockHash);
        expect(await node.test.rpc("eth_getBlockByHash", [wrong.blockHash, false])).toBeNull();
        const child = altered(payload, { parentHash: fromHex(wrong.blockHash) as never });
        expect(await node.newPayload(child)).toEqual(invalid(parent.blockHash));
        expect(await node.newPayload(wrong)).toEqual(invalid(parent.blockHash));
        expect((await node.build(parent.blockHash, at + 6n)).parentHash).toBe(parent.blockHash);
      });
    }
    it(`a wrong ${field} under an unknown parent is SYNCING, INVALID when the parent has come`, async () => {
      const { payload: middle } = await next();
      await builder.newPayload(middle);
      const payload = await on(middle, at + 8n);
      const wrong = altered(payload, change(payload));
      // Below finality or not after its parent: what cannot be known without the parent is not judged.
      expect(await node.newPayload(wrong)).toEqual(SYNCING);
      expect((await node.forkchoice(wrong.blockHash)).payloadStatus).toEqual(SYNCING);
      expect(await node.newPayload(middle)).toEqual(valid(middle.blockHash));
      expect(await node.newPayload(wrong)).toEqual(invalid(middle.blockHash));
      expect((await node.forkchoice(wrong.blockHash)).payloadStatus).toEqual(invalid(middle.blockHash));
      expect(await node.test.rpc("eth_getBlockByHash", [wrong.blockHash, false])).toBeNull();
    });
  }

  it("a wrong parentHash names a block that is not here: SYNCING", async () => {
    const { payload } = await next();
    expect(await node.newPayload(altered(payload, { parentHash: unknown(6) }))).toEqual(SYNCING);
  });

  it("prevRandao, fee recipient and extra data are the proposer's: another value is another valid block", async () => {
    const { payload } = await next();
    const other = altered(payload, { extraData: new Uint8Array([1]), prevRandao: unknown(3) });
    expect(other.blockHash).not.toBe(payload.blockHash);
    expect(await node.newPayload(other)).toEqual(valid(other.blockHash));
  });

  it("a prevRandao that code read is in the state: another value is INVALID", async () => {
    const { parent } = await next();
    // Creation code that stores PREVRANDAO in slot 0.
    const calls = [{ to: undefined, value: 0n, data: fromHex("0x445f55") }];
    const payment = builder.test.pay(++seed, { call: { pseudonym: 9, calls } });
    await builder.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    const randao = `0x${"5c".repeat(32)}`;
    const payload = await builder.build(parent.blockHash, at + 4n, { prevRandao: randao });
    expect(payload.transactions).toContain(toHex(payment.bytes));
    expect(await node.newPayload(altered(payload, { prevRandao: unknown(3) }))).toEqual(invalid(parent.blockHash));
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    await node.forkchoice(payload.blockHash);
    const created = toHex(createdBy(pseudonymAddress(9), 0n));
    expect(await node.test.rpc("eth_getStorageAt", [created, "0x0", "latest"])).toBe(randao);
  });

  it("creation code of up to 49,152 bytes runs in a block, more fails (EIP-3860)", async () => {
    const { parent } = await next();
    const sent = await Promise.all(
      [49_152, 49_153].map(async (length, i) => {
        const call = { pseudonym: 20 + i, calls: [{ to: undefined, value: 0n, data: new Uint8Array(length) }] };
        const payment = builder.test.pay(++seed, { call });
        await builder.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
        return payment;
      }),
    );
    const payload = await builder.build(parent.blockHash, at + 7n);
    expect(sent.map(({ bytes }) => payload.transactions.includes(toHex(bytes)))).toEqual([true, true]);
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    await node.forkchoice(payload.blockHash);
    const statuses = sent.map(
      async ({ txid }) =>
        ((await node.test.rpc("eth_getTransactionReceipt", [toHex(txid)])) as { status: string }).status,
    );
    expect(await Promise.all(statuses)).toEqual(["0x1", "0x0"]);
  });

  it("a transaction taken away, doubled, cut, of another chain or with a false proof is INVALID, an empty one without an ancestor", async () => {
    const { parent, payload } = await next();
    const [bytes] = payload.transactions as [string];
    const { spec } = node.test.node.context;
    const bad = node.test.pay(++seed, { proofByte: BAD_PROOF });
    const foreign = node.test.pay(++seed, { spec: { ...spec, chainId: 24159n } });
    const lists: string[][] = [
      [],
      [bytes, bytes],
      [bytes.slice(0, -2)],
      [`0x03${bytes.slice(4)}`],
      [toHex(bad.bytes)],
      [toHex(foreign.bytes)],
    ];
    for (const list of lists) {
      expect(await node.newPayload(altered(payload, {}, list))).toEqual(invalid(parent.blockHash));
    }
    for (const list of [["0x"], [bytes, "0x"]]) {
      expect(await node.newPayload(altered(payload, {}, list))).toEqual(invalid(null));
      expect(await node.newPayload(altered(payload, { parentHash: unknown(5) }, list))).toEqual(invalid(null));
    }
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
  });

  it("a payload again is the same verdict, and its block stays where it is", async () => {
    const { payload } = await next();
    for (let i = 0; i < 3; i++) expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    await node.forkchoice(payload.blockHash);
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    expect(node.head()).toBe(payload.blockHash);
    expect(await node.newPayload(await builder.build(builder.genesis, at + 2n))).toMatchObject({ status: "VALID" });
  });

  it("a block is no head before a fork choice names it: latest, safe and finalized follow the calls", async () => {
    const { parent, payload } = await next();
    const at = async (tag: string): Promise<unknown> =>
      ((await node.test.rpc("eth_getBlockByNumber", [tag, false])) as { hash: string }).hash;
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    expect(await at("latest")).toBe(parent.blockHash);
    await node.forkchoice(payload.blockHash);
    expect([await at("latest"), await at("safe"), await at("finalized")]).toEqual([
      payload.blockHash,
      node.genesis,
      node.genesis,
    ]);
    await node.forkchoice(payload.blockHash, { safe: parent.blockHash });
    expect([await at("safe"), await at("finalized")]).toEqual([parent.blockHash, node.genesis]);
  });

  it("payloads in order without a fork choice are VALID one after another; the last may be made the head at once", async () => {
    const chain = await builder.grow(builder.genesis, at + 400n, 5);
    const before = node.head();
    for (const payload of chain) expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    expect(node.head()).toBe(before);
    const [head, safe] = [chain[4]!.blockHash, chain[3]!.blockHash];
    expect((await node.forkchoice(head, { safe })).payloadStatus).toEqual(valid(head));
    expect(node.head()).toBe(head);
  });

  it("many payloads on one parent are all VALID, and any of them can be the head", async () => {
    const { payload } = await next();
    const many = Array.from({ length: 10 }, (_, i) => altered(payload, { extraData: new Uint8Array([i]) }));
    for (const each of many) expect(await node.newPayload(each)).toEqual(valid(each.blockHash));
    for (const each of [many[0]!, many[9]!, many[4]!]) {
      expect((await node.forkchoice(each.blockHash)).payloadStatus).toEqual(valid(each.blockHash));
      expect(node.head()).toBe(each.blockHash);
    }
  });

  it("an active sync on a side branch does not keep payloads of the canonical one from being executed", async () => {
    const { payload } = await next();
    await node.forkchoice(ROOTLESS);
    expect(await node.test.rpc("eth_syncing")).not.toBe(false);
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    await node.forkchoice(payload.blockHash);
    expect(await node.test.rpc("eth_syncing")).toBe(false);
  });

  it("what is not written is not VALID: an error, and the same payload is VALID when the disk has room again", async () => {
    const { payload } = await next();
    const { store } = node.test.node.context;
    const { putBlock } = store;
    Object.assign(store, {
      putBlock: () => {
        throw Object.assign(new Error("no room"), { code: 28 });
      },
    });
    await expect(node.newPayload(payload)).rejects.toMatchObject({ code: -32603 });
    expect((await node.forkchoice(payload.blockHash)).payloadStatus).toEqual(SYNCING);
    Object.assign(store, { putBlock });
    expect(await node.newPayload(payload)).toEqual(valid(payload.blockHash));
    expect(store.header(fromHex(payload.blockHash))).toBeDefined();
  });

  it("below finality: a block whose parent is known by hash alone is ACCEPTED, one of unknown ancestors SYNCING", async () => {
    const two = await startEngineNode();
    const chain = await builder.grow(builder.genesis, at + 800n, 4);
    for (const payload of chain) await two.newPayload(payload);
    await two.forkchoice(chain[3]!.blockHash, { finalized: chain[2]!.blockHash });
    const late = await builder.build(chain[0]!.blockHash, at + 900n);
    const accepted = { status: "ACCEPTED", latestValidHash: null, validationError: null };
    expect(await two.newPayload(late)).toEqual(accepted);
    expect(await two.newPayload(altered(late, { parentHash: unknown(4) }))).toEqual(SYNCING);
    // What is final is valid, and no news.
    expect(await two.newPayload(chain[0]!)).toEqual(valid(chain[0]!.blockHash));
    expect(
      await two.forkchoice(chain[0]!.blockHash, { attributes: { ...ATTRIBUTES, timestamp: "0x7fffffff" } }),
    ).toEqual({
      payloadStatus: valid(chain[0]!.blockHash),
      payloadId: null,
    });
    expect(two.head()).toBe(chain[3]!.blockHash);
    await two.test.stop();
  });
});

const ROOTLESS = `0x${"22".repeat(32)}`;
const ATTRIBUTES = { prevRandao: ZERO, suggestedFeeRecipient: `0x${"00".repeat(20)}`, withdrawals: [] };
