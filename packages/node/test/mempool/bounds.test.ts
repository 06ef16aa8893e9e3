import fc from "fast-check";
import { invalid, keccak256, SeroError } from "@sero/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { openLanes, type LaneItem } from "../../src/mempool/lanes.js";
import { openRejectedCache } from "../../src/mempool/rejected.js";
import type { Rank, Sources } from "../../src/mempool/sources.js";
import { openSources } from "../../src/mempool/sources.js";
import { openPoolBench, tally, type PoolBench } from "../helpers/pool.js";
import { acceptAllVerifier, BAD_PROOF } from "../helpers/verifier.js";

let bench: PoolBench;
beforeAll(async () => {
  bench = await openPoolBench();
});

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("the pool's bound of bytes", () => {
  it("E38: a large transaction that pays little does not push out small ones that pay more", async () => {
    const size = bench.pay(1).bytes.length;
    const pool = bench.open({ maxBytes: 5 * size });
    const small = [0, 3, 3, 3].map((priceStep, i) => bench.pay(10 + i, { priceStep }));
    for (const { bytes } of small) await pool.submit(bytes, "x");
    const large = bench.pay(20, { priceStep: 1, bundles: 3 });
    expect(large.bytes.length).toBeGreaterThan(2 * size);
    await expect(pool.submit(large.bytes, "x")).rejects.toEqual(code("pool/full"));
    expect(small.every(({ txid }) => pool.get(txid))).toBe(true);
    const rich = bench.pay(21, { priceStep: 4, bundles: 3 });
    await pool.submit(rich.bytes, "x");
    // As many as it takes, the cheapest first, then the newest.
    expect(small.map(({ txid }) => pool.get(txid) !== undefined)).toEqual([false, true, true, false]);
    expect(pool.bytes).toBeLessThanOrEqual(5 * size);
  });

  it("E38: the least price rises above what was pushed out, and falls when a quarter of the pool is free", async () => {
    const size = bench.pay(1).bytes.length;
    const pool = bench.open({ maxBytes: 8 * size + 8 });
    const cheap = Array.from({ length: 8 }, (_, i) => bench.pay(i, { priceStep: 1 }));
    for (const { bytes } of cheap) await pool.submit(bytes, "x");
    expect(pool.floor).toBe(0n);
    await pool.submit(bench.pay(100, { priceStep: 2 }).bytes, "x");
    const { price } = pool.get(cheap[0]!.txid)!;
    expect(pool.floor).toBe(price + 1n);
    // One is mined: there is room, but what was just pushed out, and verified for it, is not to come back at once.
    pool.headChanged([cheap[0]!.txid], []);
    const before = pool.verifier.checked();
    await expect(pool.submit(cheap[7]!.bytes, "x")).rejects.toEqual(code("pool/price-floor"));
    expect(pool.verifier.checked()).toBe(before);
    await pool.submit(bench.pay(101, { priceStep: 2 }).bytes, "x");
    pool.headChanged(
      cheap.slice(1, 4).map(({ txid }) => txid),
      [],
    );
    expect(pool.floor).toBe(0n);
    await pool.submit(cheap[7]!.bytes, "x");
    // What comes back from an abandoned block goes before its equals, and over a floor.
    for (let i = 0; pool.bytes + size <= 8 * size + 8; i++)
      await pool.submit(bench.pay(200 + i, { priceStep: 1 }).bytes, "x");
    await pool.submit(bench.pay(300, { priceStep: 2 }).bytes, "x");
    expect(pool.floor).toBe(price + 1n);
    pool.headChanged([], [{ bytes: cheap[1]!.bytes, timestamp: bench.spec.genesisTime + 1n }]);
    expect(pool.get(cheap[1]!.txid)).toBeDefined();
    expect(pool.bytes).toBeLessThanOrEqual(8 * size + 8);
  });

  it("E38: what is remembered of verified transactions is bounded in bytes", async () => {
    const size = bench.pay(1).bytes.length;
    const pool = bench.open({ verifiedBytes: 3 * size + 8 });
    const payments = Array.from({ length: 5 }, (_, i) => bench.pay(i));
    for (const { bytes } of payments) await pool.submit(bytes, "x");
    pool.headChanged(
      payments.map(({ txid }) => txid),
      [],
    );
    const known = payments.map(({ bytes }) => pool.verified(keccak256(bytes)) !== undefined);
    expect(known).toEqual([false, false, true, true, true]);
  });
});

describe("what is remembered of what was refused", () => {
  it("E38: is bounded for each source and for all, and one source pushes out none of another's", () => {
    const cache = openRejectedCache(10, 4);
    const error = new SeroError("tx/proof", "False.");
    cache.add("victim", error, "a");
    for (let i = 0; i < 100; i++) cache.add(`b${i}`, error, "b");
    expect(cache.get("victim")).toMatchObject({ code: "tx/proof", message: "False." });
    expect(cache.size).toBe(5);
    expect(cache.get("b99")).toBeDefined();
    expect(cache.get("b95")).toBeUndefined();
    for (let i = 0; i < 100; i++) cache.add(`c${i}`, error, `source ${i}`);
    expect(cache.size).toBe(10);
    cache.clear();
    expect([cache.size, cache.get("c99")]).toEqual([0, undefined]);
  });

  it("E38: offences are told once each, with the code; what may happen to an honest node is none", async () => {
    const offences: string[] = [];
    const size = bench.pay(1).bytes.length;
    const pool = bench.open({ maxBytes: 2 * size, onOffence: (source, what) => offences.push(`${source} ${what}`) });
    const good = bench.pay(1);
    const attempts: readonly (readonly [string, Uint8Array])[] = [
      ["cut", good.bytes.slice(0, -1)],
      ["false", bench.pay(2, { proofByte: BAD_PROOF }).bytes],
      ["parrot", bench.pay(2, { proofByte: BAD_PROOF }).bytes],
      ["honest", good.bytes],
      ["honest", bench.pay(3, { nullifier: good.tx.bundles[0]!.nullifiers[0] }).bytes],
      ["honest", bench.pay(4, { anchor: 5n }).bytes],
      ["honest", bench.pay(5, { expiry: 0n }).bytes],
      ["honest", bench.pay(6).bytes],
      ["honest", bench.pay(7).bytes],
      ["thief", bench.pay(8, { call: { pseudonym: 1, gasLimit: 21_000n }, priceStep: 1 }).bytes.slice()],
    ];
    for (const [source, bytes] of attempts) await pool.submit(bytes, source).catch(() => undefined);
    expect(offences.map((each) => each.replace(/(tx|rlp)\/(?!proof).*/, "malformed"))).toEqual([
      "cut malformed",
      "false tx/proof",
      "parrot tx/proof",
    ]);
  });

  it("E34: near an upgrade false ones count for the budget, and nobody is told of them", async () => {
    const offences: string[] = [];
    const pool = (await openPoolBench({ isSteady: () => false })).open({
      allowedFailures: 2,
      onOffence: (_, what) => offences.push(what),
    });
    const outcome = await tally(
      [1, 2, 3, 4, 5, 6].map((i) => pool.submit(bench.pay(i, { proofByte: BAD_PROOF }).bytes, "x")),
    );
    expect(outcome.get("pool/too-many-bad")).toBeGreaterThan(0);
    expect(offences).toEqual([]);
  });
});

describe("copies", () => {
  it("C19: the same bytes from many at once are verified once, and all are answered", async () => {
    const pool = bench.open({}, acceptAllVerifier({ delayMs: 2 }));
    const [good, bad] = [bench.pay(1), bench.pay(2, { proofByte: BAD_PROOF })];
    const offenders: string[] = [];
    const other = bench.open({ onOffence: (source) => offenders.push(source) }, acceptAllVerifier({ delayMs: 2 }));
    const sources = Array.from({ length: 8 }, (_, i) => `peer ${i}`);
    expect(await tally(sources.map((source) => pool.submit(good.bytes, source)))).toEqual(new Map([["in", 8]]));
    expect(pool.verifier.checked()).toBe(1);
    expect(await tally(sources.map((source) => other.submit(bad.bytes, source)))).toEqual(new Map([["tx/proof", 8]]));
    expect(other.verifier.checked()).toBe(1);
    expect(offenders.sort()).toEqual(sources);
  });

  it("C19: a crowd of false copies of one payment neither blocks it nor is verified once it is in", async () => {
    const pool = bench.open({ parallel: 1, batch: 4 }, acceptAllVerifier({ delayMs: 1 }));
    const copies = Array.from({ length: 40 }, (_, i) => {
      const { bytes } = bench.pay(1, { proofByte: BAD_PROOF });
      // Every copy other bytes: the second byte of its proof.
      const at = Buffer.from(bytes).indexOf(Buffer.alloc(200, BAD_PROOF)) + 100;
      return Uint8Array.from(bytes, (byte, offset) => (offset === at ? i : byte));
    });
    const flood = tally(copies.map((bytes, i) => pool.submit(bytes, `thief ${i % 4}`)));
    expect(await pool.submit(bench.pay(1).bytes, "payer")).toEqual(bench.pay(1).txid);
    const checked = pool.verifier.checked();
    // Those still in line are answered with the true one, unverified.
    expect((await flood).get("in")).toBeGreaterThan(0);
    expect(pool.verifier.checked()).toBeLessThanOrEqual(checked + 4);
    expect(pool.get(bench.pay(1).txid)!.checked.bytes).toEqual(bench.pay(1).bytes);
  });
});

describe("the order of checks", () => {
  it("E39: what the state refuses costs neither keys nor signatures; what is refused in line costs none either", async () => {
    let completed = 0;
    let isStale = false;
    const counting = await openPoolBench();
    const { poolRules } = counting;
    const pool = (
      await openPoolBench({
        complete(drafts) {
          completed += drafts.length;
          return poolRules.complete(drafts);
        },
        checkState: (draft) => (isStale ? invalid("tx/spent", "Spent.") : poolRules.checkState(draft)),
      })
    ).open({ parallel: 1, gather: 16 }, acceptAllVerifier({ delayMs: 100 }));
    await expect(pool.submit(bench.pay(1, { anchor: 5n }).bytes, "x")).rejects.toEqual(code("tx/anchor"));
    await expect(pool.submit(bench.pay(1, { expiry: 0n }).bytes, "x")).rejects.toEqual(code("tx/expired"));
    expect(completed).toBe(0);
    const waiting = tally(Array.from({ length: 20 }, (_, i) => pool.submit(bench.pay(i).bytes, "x")));
    await new Promise((resolve) => setImmediate(resolve));
    const underWay = completed;
    expect(underWay).toBeGreaterThan(0);
    // A block comes in while the rest still waits.
    isStale = true;
    expect((await waiting).get("tx/spent")).toBe(20);
    expect(completed).toBe(underWay);
  });
});

describe("lines", () => {
  it("E38: whatever comes and however ranks change, each item leaves once, and no rank waits for ever", () => {
    const ranks: readonly Rank[] = ["own", "known", "fresh", "suspect"];
    const move = fc.record({
      source: fc.nat({ max: 5 }),
      rank: fc.constantFrom(...ranks),
      size: fc.nat({ max: 40 }),
      takes: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const now = new Map<string, Rank>();
        const sources: Sources = {
          ...openSources(1, 1, () => 0),
          rank: (source) => now.get(source) ?? "fresh",
          allowance: () => 4,
        };
        const lanes = openLanes<LaneItem & { readonly id: number }>(sources, {
          maxItems: 12,
          maxBytes: 200,
          share: 0.5,
          batch: 6,
        });
        const [inside, out] = [new Set<number>(), new Set<number>()];
        const leave = ({ id }: { readonly id: number }): void => {
          expect(inside.delete(id)).toBe(true);
          out.add(id);
        };
        const takeOne = (): boolean => {
          const batch = lanes.take();
          if (!batch) return false;
          expect(batch.items.length).toBeGreaterThan(0);
          batch.items.forEach(leave);
          lanes.done(batch, 1);
          return true;
        };
        for (const [id, { source, rank, size, takes }] of moves.entries()) {
          now.set(`s${source}`, rank);
          const { isIn, dropped } = lanes.add({ id, source: `s${source}`, size, bundles: 1 + (id % 3) });
          if (isIn) inside.add(id);
          dropped.forEach(leave);
          expect(lanes.length).toBe(inside.size);
          expect(lanes.length).toBeLessThanOrEqual(12);
          expect(lanes.bytes).toBeLessThanOrEqual(200);
          for (let i = 0; i < takes; i++) takeOne();
        }
        while (inside.size > 0) expect(takeOne()).toBe(true);
        expect([lanes.length, lanes.bytes]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it("E38: ranks share the verifier by weight as long as all have something to verify", () => {
    const rank = (source: string): Rank => source as Rank;
    const lanes = openLanes<LaneItem>(
      { ...openSources(1, 1, () => 0), rank, allowance: () => 64 },
      { maxItems: 1e6, maxBytes: 1e9, share: 1, batch: 64 },
    );
    for (const source of ["own", "known", "fresh", "suspect"]) {
      for (let i = 0; i < 4000; i++) lanes.add({ source, size: 1, bundles: 1 });
    }
    const cost = new Map<string, number>();
    for (let i = 0; i < 150; i++) {
      const batch = lanes.take()!;
      lanes.done(batch, batch.rank === "suspect" ? 1 : 0);
      const own = 10 + batch.items.length + (batch.rank === "suspect" ? 10 : 0);
      cost.set(batch.rank, (cost.get(batch.rank) ?? 0) + own);
    }
    expect(cost.get("own")! / cost.get("suspect")!).toBeGreaterThan(5);
    expect(cost.get("known")! / cost.get("fresh")!).toBeGreaterThan(1.5);
    expect(cost.get("suspect")).toBeGreaterThan(0);
  });
});
