import type { BlockHash, EthAddress } from "@sero/protocol";
import { hexDigits, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openBuilding, type BuildingTimes, type Draft } from "../../src/engine/building.js";
import type { BuiltPayload, PayloadAttributes } from "../../src/engine/index.js";
import { attributesAt, startEngineNode, valid, type BuiltJson, type EngineNode } from "../helpers/engine.js";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("payload building", () => {
  const nodes: EngineNode[] = [];
  afterEach(async () => {
    for (const { test } of nodes.splice(0)) await test.stop();
  });
  async function open(): Promise<EngineNode> {
    const node = await startEngineNode();
    nodes.push(node);
    return node;
  }
  const send = async (node: EngineNode, seed: number, more = {}): Promise<string> => {
    const payment = node.test.pay(seed, more);
    await node.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    return toHex(payment.bytes);
  };
  async function start(node: EngineNode, at = 4n, more = {}): Promise<string> {
    const { spec } = node.test.node.context;
    const attributes = attributesAt(spec.genesisTime + at, more);
    return (await node.forkchoice(node.head(), { attributes })).payloadId!;
  }
  const take = (node: EngineNode, id: string): Promise<BuiltJson> => node.call("engine_getPayloadV2", id);

  it("begins with the fork choice and improves until it is asked for; then it is closed", async () => {
    const node = await open();
    const first = await send(node, 1);
    const id = await start(node);
    const second = await send(node, 2);
    const third = await send(node, 3);
    await sleep(500);
    const built = await take(node, id);
    expect(built.executionPayload.transactions).toEqual([first, second, third]);
    await send(node, 4);
    await sleep(300);
    expect(await take(node, id)).toEqual(built);
    expect(await node.newPayload(built.executionPayload)).toEqual(valid(built.executionPayload.blockHash));
  });

  it("asked for at once, it holds what was waiting", async () => {
    const node = await open();
    const waiting = await Promise.all(Array.from({ length: 3 }, (_, i) => send(node, i + 1)));
    const built = await take(node, await start(node));
    expect([...built.executionPayload.transactions].sort()).toEqual([...waiting].sort());
  });

  it("the same attributes again are the same payload, not begun anew", async () => {
    const node = await open();
    const id = await start(node);
    const before = await send(node, 1);
    expect(await start(node)).toBe(id);
    await sleep(300);
    expect((await take(node, id)).executionPayload.transactions).toEqual([before]);
    expect(await start(node)).toBe(id);
  });

  it("sets what the attributes say, and says what the proposer earns", async () => {
    const node = await open();
    const payment = node.test.pay(1);
    await node.test.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    const [proposer, randao] = [`0x${"1e".repeat(20)}`, `0x${"5a".repeat(32)}`];
    const built = await take(node, await start(node, 77n, { suggestedFeeRecipient: proposer, prevRandao: randao }));
    const payload = built.executionPayload;
    const { spec } = node.test.node.context;
    expect(payload).toMatchObject({ feeRecipient: proposer, prevRandao: randao, extraData: "0x", withdrawals: [] });
    expect(BigInt(payload.timestamp)).toBe(spec.genesisTime + 77n);
    await node.newPayload(payload);
    await node.forkchoice(payload.blockHash);
    const balance = (await node.test.rpc("eth_getBalance", [proposer, "latest"])) as string;
    expect(BigInt(balance)).toBeGreaterThan(0n);
    expect(balance).toBe(built.blockValue);
  });

  it("credits withdrawals: to one account, to several, to one twice, none for an amount of 0, none at all", async () => {
    const node = await open();
    const address = (i: number): string => `0x${(0xa0 + i).toString(16).repeat(20)}`;
    const withdrawals = [
      [1, 5n],
      [2, 7n],
      [1, 2n],
      [3, 0n],
    ].map(([i, amount], index) => ({
      index: `0x${index}`,
      validatorIndex: "0x1",
      address: address(Number(i)),
      amount: `0x${amount!.toString(16)}`,
    }));
    const [block, empty] = [await node.build(node.genesis, 4n, { withdrawals }), await node.build(node.genesis, 5n)];
    expect(block["withdrawals"]).toEqual(withdrawals);
    expect(empty["withdrawals"]).toEqual([]);
    for (const each of [block, empty]) expect(await node.newPayload(each)).toEqual(valid(each.blockHash));
    const balances = async (): Promise<bigint[]> =>
      Promise.all(
        [1, 2, 3].map(async (i) => BigInt((await node.test.rpc("eth_getBalance", [address(i), "latest"])) as string)),
      );
    await node.forkchoice(block.blockHash);
    expect(await balances()).toEqual([7_000_000_000n, 7_000_000_000n, 0n]);
    expect(
      node.test.node.context.chain
        .state(node.test.node.context.chain.head().hash)
        .account(Buffer.from(address(3).slice(2), "hex")),
    ).toBeUndefined();
    await node.forkchoice(empty.blockHash);
    expect(await balances()).toEqual([0n, 0n, 0n]);
    const many = Array.from({ length: 1_025 }, () => withdrawals[0]!);
    const attributes = attributesAt(node.test.node.context.spec.genesisTime + 50n, { withdrawals: many });
    await expect(node.forkchoice(empty.blockHash, { attributes })).rejects.toMatchObject({ code: -38003 });
  });

  it("an unknown or malformed id is refused", async () => {
    const node = await open();
    await expect(take(node, "0x0000000000000001")).rejects.toMatchObject({ code: -38001 });
    await expect(take(node, "0x01")).rejects.toMatchObject({ code: -32602 });
  });

  it("a payload of an older head is still there after the head moved on", async () => {
    const node = await open();
    const id = await start(node, 4n);
    const waiting = await send(node, 1);
    await sleep(300);
    const [next] = await node.grow(node.genesis, 9n, 1);
    expect(node.head()).toBe(next!.blockHash);
    const late = await take(node, id);
    expect(late.executionPayload).toMatchObject({ parentHash: node.genesis, transactions: [waiting] });
  });

  it("a full block is made anew for transactions that pay more", async () => {
    const node = await open();
    const { mempool, spec } = node.test.node.context;
    const room = Number(spec.gasLimit / (8n * spec.gas.bundle + spec.gas.memoChunk));
    for (let i = 0; i < room + 3; i++) await mempool.submit(node.test.pay(i + 1, { bundles: 8 }).bytes, "test");
    const id = await start(node);
    await sleep(300);
    const better = node.test.pay(999, { bundles: 8, priceStep: 3 });
    await mempool.submit(better.bytes, "test");
    await sleep(2_500);
    const { transactions } = (await take(node, id)).executionPayload;
    expect(transactions[0]).toBe(toHex(better.bytes));
    expect(transactions.length).toBeLessThan(room + 4);
  });
});

describe("building under time", () => {
  const times: BuildingTimes = { patience: 50, gather: 1, anew: 20, slot: 5_000 };
  const attributes: PayloadAttributes = {
    timestamp: 10n,
    prevRandao: new Uint8Array(32),
    feeRecipient: new Uint8Array(20) as EthAddress,
    withdrawals: [],
  };
  const parent = { hash: new Uint8Array(32) as BlockHash, number: 0n, header: {} as never };

  /** A builder whose blocks are numbers of transactions, each of which takes as long as it says. */
  function open(waiting: number[], faults: unknown[] = [], sealMs = 0) {
    const listeners = new Set<() => void>();
    const begun: number[] = [];
    let seals = 0;
    let isForgotten = false;
    const building = openBuilding(
      {
        begin() {
          begun.push(waiting.length);
          let done = 0;
          const draft: Draft = {
            async fill(stop) {
              while (done < waiting.length && !stop()) {
                const ms = waiting[done]!;
                if (ms < 0) throw new Error("no state");
                await sleep(ms);
                done++;
              }
            },
            isOutbid: () => false,
            seal() {
              seals++;
              if (isForgotten) throw new Error("no state");
              const until = performance.now() + sealMs;
              while (performance.now() < until);
              return { value: BigInt(done) } as BuiltPayload;
            },
          };
          return draft;
        },
        onNews(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      times,
      (error) => faults.push(error),
    );
    const news = (ms: number): void => {
      waiting.push(ms);
      for (const listener of listeners) listener();
    };
    return { building, news, listeners, seals: () => seals, begun, forget: () => (isForgotten = true) };
  }
  const valueOf = async (payload: Promise<BuiltPayload> | undefined): Promise<number> => Number((await payload!).value);

  it("a slow pool: asked before everything is in, it holds what is in by then", async () => {
    const { building } = open(Array.from({ length: 100 }, () => 20));
    const id = building.begin(parent, attributes);
    const value = await valueOf(building.take(id));
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(20);
    expect(await valueOf(building.take(id))).toBe(value);
  });

  it("one transaction that takes too long: the answer does not wait for it, and is there all the same", async () => {
    const { building } = open([600]);
    const begun = performance.now();
    expect(await valueOf(building.take(building.begin(parent, attributes)))).toBe(0);
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it("with patience it is all of it", async () => {
    const { building } = open(Array.from({ length: 10 }, () => 20));
    expect(await valueOf(building.take(building.begin(parent, attributes), Infinity))).toBe(10);
  });

  it("what comes after it was asked for is not added, and nobody listens any more", async () => {
    const { building, news, listeners, seals } = open([0]);
    const id = building.begin(parent, attributes);
    expect(listeners.size).toBe(1);
    expect(await valueOf(building.take(id))).toBe(1);
    await sleep(20);
    expect(listeners.size).toBe(0);
    const before = seals();
    news(0);
    await sleep(20);
    expect(await valueOf(building.take(id))).toBe(1);
    expect(seals()).toBe(before);
  });

  it("a new payload lets the one before it rest, which stays as it was", async () => {
    const { building, news, listeners } = open([0]);
    const id = building.begin(parent, attributes);
    await sleep(20);
    const other = building.begin(parent, { ...attributes, timestamp: 11n });
    expect(hexDigits(other)).not.toBe(hexDigits(id));
    await sleep(20);
    expect(listeners.size).toBe(1);
    news(0);
    await sleep(20);
    expect(await valueOf(building.take(other))).toBe(2);
    expect(await valueOf(building.take(id))).toBe(1);
  });

  it("ending a block is costly: news do not end it each time, and are in it when it is asked for", async () => {
    const { building, news, seals } = open([0], [], 30);
    const id = building.begin(parent, attributes);
    for (let i = 0; i < 10; i++) {
      await sleep(5);
      news(0);
    }
    await sleep(10);
    expect(seals()).toBeLessThan(6);
    expect(await valueOf(building.take(id))).toBe(11);
  });

  it("one that rests is begun anew when it is named again, one that was taken is not", async () => {
    const { building, news, begun } = open([0]);
    const id = building.begin(parent, attributes);
    building.begin(parent, { ...attributes, timestamp: 11n });
    news(0);
    await sleep(20);
    expect(hexDigits(building.begin(parent, attributes))).toBe(hexDigits(id));
    await sleep(20);
    expect(await valueOf(building.take(id))).toBe(2);
    building.begin(parent, attributes);
    expect(begun).toHaveLength(3);
  });

  it("a fault while it improves leaves what was ready", async () => {
    const faults: unknown[] = [];
    const { building, news } = open([0], faults);
    const id = building.begin(parent, attributes);
    await sleep(20);
    news(-1);
    await sleep(20);
    expect(await valueOf(building.take(id))).toBe(1);
    expect(faults).toHaveLength(1);
  });

  it("a block that can no longer be ended leaves what was ready", async () => {
    const faults: unknown[] = [];
    const { building, news, forget } = open([0], faults, 40);
    const id = building.begin(parent, attributes);
    await sleep(20);
    news(0);
    await sleep(20);
    forget();
    expect(await valueOf(building.take(id))).toBeLessThan(2);
    expect(faults).toHaveLength(1);
  });

  it("a payload nobody asks for ends with its slot", async () => {
    const { building, listeners } = open([0]);
    Object.assign(times, { slot: 30 });
    building.begin(parent, attributes);
    await sleep(100);
    expect(listeners.size).toBe(0);
    Object.assign(times, { slot: 5_000 });
  });

  it("remembers eight payloads; closing ends all", async () => {
    const { building, listeners } = open([0]);
    const ids = Array.from({ length: 9 }, (_, i) =>
      building.begin(parent, { ...attributes, timestamp: BigInt(i + 1) }),
    );
    expect(building.take(ids[0]!)).toBeUndefined();
    expect(building.take(ids[1]!)).toBeDefined();
    await building.close();
    expect(listeners.size).toBe(0);
  });
});
