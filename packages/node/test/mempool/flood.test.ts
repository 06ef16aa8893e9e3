import type { BundleCheck } from "@sero/circuits";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POOL } from "../../src/index.js";
import { openPoolBench, tally, type PoolBench } from "../helpers/pool.js";
import type { FakePayment } from "../helpers/payment.js";
import { acceptAllVerifier, BAD_PROOF, type TestVerifier } from "../helpers/verifier.js";

let bench: PoolBench;
beforeAll(async () => {
  bench = await openPoolBench();
});

const bad = (seed: number): FakePayment => bench.pay(seed, { proofByte: BAD_PROOF });
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

/** A verifier that takes its time like a real one, in ticks, and notes what it was given. */
function slowVerifier(): TestVerifier & { readonly given: (readonly BundleCheck[])[] } {
  const inner = acceptAllVerifier({ delayMs: 1 });
  const given: (readonly BundleCheck[])[] = [];
  return {
    ...inner,
    given,
    check(items) {
      given.push(items);
      return inner.check(items);
    },
  };
}

describe("a flood of well-formed transactions with false proofs", () => {
  it("E38: of one source costs the node a bounded number of proofs, then nothing but a look at its name", async () => {
    const pool = bench.open({ allowedFailures: 8 });
    const first = await tally(Array.from({ length: 200 }, (_, i) => pool.submit(bad(100 + i).bytes, "flood")));
    expect(first.get("in")).toBeUndefined();
    // The first batch, and what its source may still get wrong after it.
    expect(pool.verifier.checked()).toBeLessThanOrEqual(4 + 8);
    const checked = pool.verifier.checked();
    expect(await tally(Array.from({ length: 50 }, (_, i) => pool.submit(bad(500 + i).bytes, "flood")))).toEqual(
      new Map([["pool/too-many-bad", 50]]),
    );
    // Not even malformed bytes are looked at.
    await expect(pool.submit(new Uint8Array(9), "flood")).rejects.toEqual(code("pool/too-many-bad"));
    expect(pool.verifier.checked()).toBe(checked);
  });

  it("E38: a refused source is heard again after its window, and is cut off again sooner than it was", async () => {
    let now = 0;
    const pool = bench.open({ allowedFailures: 4, windowMs: 1000, now: () => now });
    const wave = (from: number): Promise<ReadonlyMap<string, number>> =>
      tally(Array.from({ length: 30 }, (_, i) => pool.submit(bad(from + i).bytes, "flood")));
    await wave(100);
    expect((await wave(200)).get("pool/too-many-bad")).toBe(30);
    now = 1001;
    const before = pool.verifier.checked();
    await wave(300);
    expect(pool.verifier.checked() - before).toBeGreaterThan(0);
    expect(pool.verifier.checked() - before).toBeLessThanOrEqual(8);
  });

  it("E38: of many fresh sources starves neither known ones nor a fresh honest one", async () => {
    const verifier = slowVerifier();
    const pool = bench.open({ parallel: 1 }, verifier);
    // A source becomes known by what it sends.
    await tally(Array.from({ length: 16 }, (_, i) => pool.submit(bench.pay(i + 1).bytes, "friend")));
    const from = verifier.given.length;
    const flood = tally(Array.from({ length: 600 }, (_, i) => pool.submit(bad(1000 + i).bytes, `stranger ${i % 60}`)));
    const honest = ["friend", "rpc:127.0.0.1", "newcomer"].map(async (source, i) => {
      await tally(Array.from({ length: 4 }, (_, j) => pool.submit(bench.pay(100 + 10 * i + j).bytes, source)));
      return verifier.given.length - from;
    });
    const [friend, own, newcomer] = (await Promise.all(honest)) as [number, number, number];
    // After a few batches of strangers, whatever their number.
    expect(Math.max(friend, own)).toBeLessThanOrEqual(8);
    // It takes its turn among the strangers: each of them once before it, in the worst case.
    expect(newcomer).toBeLessThanOrEqual(80);
    expect((await flood).get("in")).toBeUndefined();
    expect(pool.size).toBe(16 + 12);
  });

  it("E38: false proofs are never in one batch with another source's good ones, unless their source was known as good", async () => {
    const verifier = slowVerifier();
    const pool = bench.open({}, verifier);
    const attempts = Array.from({ length: 40 }, (_, i) => [
      pool.submit(bad(2000 + i).bytes, `liar ${i % 5}`),
      pool.submit(bench.pay(3000 + i).bytes, `honest ${i % 5}`),
    ]);
    expect((await tally(attempts.flat())).get("in")).toBe(40);
    const mixed = verifier.given.filter((batch) => new Set(batch.map(({ proof }) => proof[0])).size > 1);
    expect(mixed).toEqual([]);
  });

  it("E38: a source that was good and turns bad spoils one batch, then is on its own", async () => {
    const verifier = slowVerifier();
    const pool = bench.open({ parallel: 1 }, verifier);
    for (const [i, source] of ["a", "b", "turncoat"].entries()) {
      await tally(Array.from({ length: 16 }, (_, j) => pool.submit(bench.pay(1 + 20 * i + j).bytes, source)));
    }
    const from = verifier.given.length;
    await tally(
      Array.from({ length: 60 }, (_, i) => [
        pool.submit(bad(4000 + i).bytes, "turncoat"),
        pool.submit(bench.pay(5000 + i).bytes, i % 2 ? "a" : "b"),
      ]).flat(),
    );
    const mixed = verifier.given.slice(from).filter((batch) => new Set(batch.map(({ proof }) => proof[0])).size > 1);
    expect(mixed.length).toBeLessThanOrEqual(1);
    expect(pool.size).toBe(48 + 60);
  });

  it("E38: the queue is bounded in items and bytes, and one source fills no more than its share of it", async () => {
    const size = bench.pay(1).bytes.length;
    const pool = bench.open({ maxQueued: 40, maxQueuedBytes: 1000 * size, parallel: 1 }, slowVerifier());
    const greedy = tally(Array.from({ length: 60 }, (_, i) => pool.submit(bench.pay(i).bytes, "greedy")));
    expect(pool.verifying).toBeLessThanOrEqual(10);
    const others = tally(Array.from({ length: 20 }, (_, i) => pool.submit(bench.pay(200 + i).bytes, `other ${i}`)));
    expect((await others).get("in")).toBe(20);
    expect((await greedy).get("pool/busy")).toBe(50);
    const small = bench.open({ maxQueuedBytes: 8 * size, queueShare: 0.5, parallel: 1 }, slowVerifier());
    const outcome = tally(Array.from({ length: 20 }, (_, i) => small.submit(bench.pay(i).bytes, "greedy")));
    expect(small.verifying).toBe(4);
    expect((await outcome).get("pool/busy")).toBe(16);
  });

  it("E38: a full queue makes room for the better known at the cost of the least known", async () => {
    const verifier = slowVerifier();
    const pool = bench.open({ maxQueued: 24, queueShare: 1, parallel: 1 }, verifier);
    await tally(Array.from({ length: 16 }, (_, i) => pool.submit(bench.pay(i + 1).bytes, "friend")));
    const strangers = tally(
      Array.from({ length: 24 }, (_, i) => pool.submit(bench.pay(100 + i).bytes, `stranger ${i % 3}`)),
    );
    const late = pool.submit(bench.pay(200).bytes, "another stranger");
    const friend = pool.submit(bench.pay(201).bytes, "friend");
    await Promise.all([friend, late]);
    // The newest of the longest line went, for both.
    expect(await strangers).toEqual(
      new Map([
        ["in", 22],
        ["pool/busy", 2],
      ]),
    );
    // Nobody who is as good as others pushes them out with a line as long as theirs.
    const again = Array.from({ length: 25 }, (_, i) => pool.submit(bench.pay(300 + i).bytes, `equal ${i}`));
    expect((await tally(again)).get("pool/busy")).toBe(1);
  });

  it("E38: closing aborts what is under way and answers all who wait", async () => {
    let aborted = false;
    const verifier: TestVerifier = {
      ...acceptAllVerifier(),
      check: (_items, options) =>
        new Promise((_resolve, reject) =>
          options?.signal?.addEventListener("abort", () => {
            aborted = true;
            reject(new Error("cancelled"));
          }),
        ),
    };
    const pool = bench.open({}, verifier);
    const waiting = tally(Array.from({ length: 100 }, (_, i) => pool.submit(bench.pay(i).bytes, `source ${i % 7}`)));
    await new Promise((resolve) => setImmediate(resolve));
    await pool.close();
    expect(await waiting).toEqual(new Map([["pool/stopped", 100]]));
    expect(aborted).toBe(true);
    expect(DEFAULT_POOL.allowedFailures).toBeLessThanOrEqual(16);
  });
});
