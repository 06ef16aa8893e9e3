import { fromHex, hexDigits } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { MissingBlocks } from "../../src/engine/index.js";
import { openKeptPayloads } from "../../src/engine/kept-payloads.js";
import { executionPayloadV2, payloadV2 } from "../../src/engine/json/payload.js";
import {
  altered,
  invalid,
  startEngineNode,
  SYNCING,
  valid,
  type EngineNode,
  type PayloadJson,
} from "../helpers/engine.js";

const BAD_ROOT = { stateRoot: new Uint8Array(32).fill(1) };

describe("payloads whose ancestors are not here", () => {
  const nodes: EngineNode[] = [];
  afterEach(async () => {
    for (const { test } of nodes.splice(0)) await test.stop();
  });
  async function pair(): Promise<{ builder: EngineNode; follower: EngineNode }> {
    const [builder, follower] = [await startEngineNode(), await startEngineNode()];
    nodes.push(builder, follower);
    return { builder, follower };
  }
  /** Each payload on the one before it, whatever that is. */
  function rechained(payloads: readonly PayloadJson[], from: number, change: object): PayloadJson[] {
    const chain = payloads.slice(0, from);
    for (const [i, payload] of payloads.slice(from).entries()) {
      const parent = chain.at(-1);
      const parentHash = parent ? fromHex(parent.blockHash) : fromHex(payload.parentHash);
      chain.push(altered(payload, { parentHash: parentHash as never, ...(i === 0 ? change : {}) }));
    }
    return chain;
  }

  it("are kept, and executed when the parent comes, in whatever order they arrived", async () => {
    const { builder, follower } = await pair();
    const chain = await builder.grow(builder.genesis, 4n, 5);
    for (const i of [3, 1, 4, 2]) expect(await follower.newPayload(chain[i]!)).toEqual(SYNCING);
    expect(await follower.newPayload(chain[0]!)).toEqual(valid(chain[0]!.blockHash));
    const { engine, chain: here } = follower.test.node.context;
    const isHere = ({ blockHash }: PayloadJson): boolean => here.get(fromHex(blockHash)) !== undefined;
    // Nobody sends them again, nobody names them.
    for (let i = 0; i < 100 && !chain.every(isHere); i++) await engine.idle();
    expect(chain.map(isHere)).toEqual(chain.map(() => true));
    for (const payload of chain) expect(await follower.newPayload(payload)).toEqual(valid(payload.blockHash));
    // Nothing of it is the head until the consensus client says so.
    expect(follower.head()).toBe(follower.genesis);
    expect((await follower.forkchoice(chain[4]!.blockHash)).payloadStatus).toEqual(valid(chain[4]!.blockHash));
    expect(follower.head()).toBe(chain[4]!.blockHash);
  });

  it("a fork choice to a kept payload is VALID when its ancestors are here, though nobody executed it yet", async () => {
    const { builder, follower } = await pair();
    const chain = await builder.grow(builder.genesis, 4n, 4);
    for (const i of [1, 2, 3]) expect(await follower.newPayload(chain[i]!)).toEqual(SYNCING);
    expect((await follower.forkchoice(chain[3]!.blockHash)).payloadStatus).toEqual(SYNCING);
    expect(await follower.test.rpc("eth_syncing")).not.toBe(false);
    const { engine } = follower.test.node.context;
    const none = new Uint8Array(32);
    const choice = { head: fromHex(chain[3]!.blockHash), safe: none, finalized: none };
    // Both are in the queue before the first is through, so that what was kept has not had its turn yet.
    const [first, moved] = await Promise.all([
      engine.newPayload(payloadV2(executionPayloadV2.parse(chain[0]!))),
      engine.forkchoiceUpdated(choice),
    ]);
    expect([first.status, moved.status.status]).toEqual(["VALID", "VALID"]);
    expect(await follower.test.rpc("eth_syncing")).toBe(false);
  });

  it("the head that was named last is taken when it has come, without another call", async () => {
    const { builder, follower } = await pair();
    const chain = await builder.grow(builder.genesis, 4n, 3);
    await follower.newPayload(chain[1]!);
    await follower.newPayload(chain[2]!);
    await follower.forkchoice(chain[2]!.blockHash, { safe: chain[1]!.blockHash, finalized: chain[0]!.blockHash });
    await follower.newPayload(chain[0]!);
    await follower.test.node.context.engine.idle();
    expect(follower.head()).toBe(chain[2]!.blockHash);
    expect(hexDigits(follower.test.node.context.chain.finalized().hash)).toBe(chain[0]!.blockHash.slice(2));
  });

  it("tell who listens what is missing", async () => {
    const { builder, follower } = await pair();
    const chain = await builder.grow(builder.genesis, 4n, 4);
    const told: MissingBlocks[] = [];
    const { engine } = follower.test.node.context;
    engine.onMissing((missing) => told.push(missing));
    await follower.forkchoice(chain[3]!.blockHash, { finalized: chain[1]!.blockHash });
    await follower.newPayload(chain[3]!);
    await follower.newPayload(chain[2]!);
    const brief = told.map(({ hash, header, wanted, isHead, finalized }) => [
      Buffer.from(hash).equals(Buffer.from(fromHex(chain[3]!.blockHash))),
      header !== undefined,
      `0x${hexDigits(wanted)}`,
      isHead,
      finalized && `0x${hexDigits(finalized)}`,
    ]);
    const finalized = chain[1]!.blockHash;
    expect(brief).toEqual([
      [true, false, chain[3]!.blockHash, true, finalized],
      [true, true, chain[2]!.blockHash, true, finalized],
      [false, true, chain[1]!.blockHash, false, finalized],
    ]);
    expect(engine.missing()).toMatchObject({ isHead: true });
    expect(`0x${hexDigits(engine.missing()!.wanted)}`).toBe(chain[1]!.blockHash);
  });

  for (const bad of [1, 3, 5]) {
    it(`an invalid ancestor, revealed in order: INVALID from block ${bad} of 5 on, with the newest valid one`, async () => {
      const { builder, follower } = await pair();
      const chain = rechained(await builder.grow(builder.genesis, 4n, 5), bad - 1, BAD_ROOT);
      const newestValid = bad === 1 ? follower.genesis : chain[bad - 2]!.blockHash;
      for (const [i, payload] of chain.entries()) {
        const expected = i + 1 < bad ? valid(payload.blockHash) : invalid(newestValid);
        expect(await follower.newPayload(payload)).toEqual(expected);
        expect((await follower.forkchoice(payload.blockHash)).payloadStatus).toEqual(expected);
      }
      expect(follower.head()).toBe(newestValid);
    });

    it(`an invalid ancestor, revealed last: all that was kept on block ${bad} of 5 is INVALID`, async () => {
      const { builder, follower } = await pair();
      const chain = rechained(await builder.grow(builder.genesis, 4n, 5), bad - 1, BAD_ROOT);
      const newestValid = bad === 1 ? follower.genesis : chain[bad - 2]!.blockHash;
      for (const payload of chain.slice(1).reverse()) expect(await follower.newPayload(payload)).toEqual(SYNCING);
      expect((await follower.forkchoice(chain[4]!.blockHash)).payloadStatus).toEqual(SYNCING);
      await follower.newPayload(chain[0]!);
      // Before any of them is sent again: what was kept shares the verdict.
      const moved = await follower.forkchoice(chain[4]!.blockHash);
      expect(moved.payloadStatus).toEqual(invalid(newestValid));
      for (const [i, payload] of chain.entries()) {
        const expected = i + 1 < bad ? valid(payload.blockHash) : invalid(newestValid);
        expect(await follower.newPayload(payload)).toEqual(expected);
      }
      // A child that nobody saw before is known to be bad, too.
      const child = altered(chain[4]!, { parentHash: fromHex(chain[4]!.blockHash) as never });
      expect(await follower.newPayload(child)).toEqual(invalid(newestValid));
      expect(follower.head()).toBe(follower.genesis);
      expect(await follower.test.rpc("eth_syncing")).toBe(false);
    });
  }

  it("what is kept is bounded by number and bytes, the oldest gives way", async () => {
    const { builder } = await pair();
    const payload = payloadV2(executionPayloadV2.parse(await builder.build(builder.genesis, 4n)));
    const numbered = (i: number, size: number) => ({
      hash: new Uint8Array(32).fill(i) as never,
      block: { ...payload.block, transactions: [new Uint8Array(size)] },
    });
    const kept = openKeptPayloads({ maxPayloads: 3, maxBytes: 10_000 });
    for (const i of [1, 2, 3, 4]) kept.add(numbered(i, 100));
    expect(kept.size).toBe(3);
    expect(kept.get(new Uint8Array(32).fill(1))).toBeUndefined();
    kept.add(numbered(5, 7_000));
    expect(kept.bytes).toBeLessThanOrEqual(10_000);
    expect(kept.get(new Uint8Array(32).fill(5))).toBeDefined();
    kept.add(numbered(6, 20_000));
    expect(kept.get(new Uint8Array(32).fill(6))).toBeUndefined();
    expect(kept.childrenOf(payload.block.header.parentHash)).toHaveLength(kept.size);
    kept.dropUpTo(1n);
    expect([kept.size, kept.bytes]).toEqual([0, 0]);
    expect(kept.childrenOf(payload.block.header.parentHash)).toEqual([]);
  });
});
