import { completeDrafts } from "@sero/execution";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Mempool } from "../../src/mempool/index.js";
import type { PoolSettings } from "../../src/mempool/settings.js";
import { openPoolBench, type PoolBench } from "../helpers/pool.js";
import { acceptAllVerifier } from "../helpers/verifier.js";

/** So long that a test which waited for it would fail. */
const NEVER_MS = 100_000;

let bench: PoolBench;
beforeAll(async () => {
  bench = await openPoolBench();
});

/** A pool, how many bundles each call of its verifier had, and a gate that those calls wait at. */
function open(settings: Partial<PoolSettings>): { pool: Mempool; sizes: readonly number[]; gate: Gate } {
  const verifier = acceptAllVerifier();
  const gate = openGate();
  const check: typeof verifier.check = async (items, options) => {
    const verdicts = await verifier.check(items, options);
    await gate.passed();
    return verdicts;
  };
  return { pool: bench.open(settings, { ...verifier, check }), sizes: verifier.batches(), gate };
}

interface Gate {
  /** Lets nobody pass until the function is called that comes back. */
  shut(): () => void;
  passed(): Promise<void>;
}

function openGate(): Gate {
  let way = Promise.resolve();
  return {
    shut() {
      let open = (): void => undefined;
      way = new Promise((resolve) => (open = resolve));
      return () => open();
    },
    passed: () => way,
  };
}

const send = (pool: Mempool, from: number, count: number): Promise<unknown>[] =>
  Array.from({ length: count }, (_, i) => pool.submit(bench.pay(from + i).bytes, "rpc"));
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe("few transactions wait for others to be verified with them", () => {
  it("what comes one by one within the window is one batch", async () => {
    const { pool, sizes } = open({ gatherMs: 200 });
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < 5; i++) {
      all.push(...send(pool, 1000 + i, 1));
      await turns();
    }
    expect(sizes).toEqual([]);
    await Promise.all(all);
    expect(sizes).toEqual([5]);
  });

  it("enough for a batch do not wait", async () => {
    const { pool, sizes } = open({ gather: 16, gatherMs: NEVER_MS });
    await Promise.all(send(pool, 2000, 16));
    expect(sizes).toEqual([16]);
    await pool.close();
  });

  it("a second batch is under way with the first only if it is worth one; what waited goes when the first is done", async () => {
    const { pool, sizes, gate } = open({ gather: 16, gatherMs: 10, parallel: 2 });
    const letPass = gate.shut();
    const first = send(pool, 3000, 16);
    await turns();
    const few = send(pool, 3100, 3);
    await vi.waitFor(() => expect(pool.verifying).toBe(3));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(sizes).toEqual([16]);
    const more = send(pool, 3200, 13);
    await turns();
    expect(sizes).toEqual([16, 16]);
    const last = send(pool, 3300, 2);
    await vi.waitFor(() => expect(pool.verifying).toBe(2));
    letPass();
    await Promise.all([...first, ...few, ...more, ...last]);
    expect(sizes).toEqual([16, 16, 2]);
  });

  it("after a few, the next few wait in proportion to what those took, so that the more come, the more go together", async () => {
    let clock = 0;
    const { pool, sizes, gate } = open({ gather: 4, gatherMs: 1, rest: 30, restMs: 800, now: () => clock });
    const letPass = gate.shut();
    const first = send(pool, 6000, 1);
    await vi.waitFor(() => expect(sizes).toEqual([1]));
    clock += 1_000;
    letPass();
    await Promise.all(first);
    const few = send(pool, 6100, 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sizes).toEqual([1]);
    few.push(...send(pool, 6200, 1));
    await Promise.all(few);
    expect(sizes).toEqual([1, 3]);
    // No time went by on the verifier's clock, so there is nothing to rest from.
    const more = send(pool, 6300, 1);
    await Promise.all(more);
    expect(sizes).toEqual([1, 3, 1]);
  });

  it("enough for a batch do not wait for that either", async () => {
    let clock = 0;
    const { pool, sizes, gate } = open({ gather: 4, gatherMs: 1, restMs: NEVER_MS, now: () => clock });
    const letPass = gate.shut();
    const first = send(pool, 7000, 1);
    await vi.waitFor(() => expect(sizes).toEqual([1]));
    clock += NEVER_MS;
    letPass();
    await Promise.all(first);
    await Promise.all(send(pool, 7100, 4));
    expect(sizes).toEqual([1, 4]);
    await pool.close();
  });

  it("nothing is left behind of more than fit a batch", async () => {
    const { pool, sizes } = open({ gather: 4, gatherMs: NEVER_MS, batch: 4, parallel: 1 });
    await Promise.all(send(pool, 4000, 11));
    expect(sizes).toEqual([4, 4, 3]);
    await pool.close();
  });

  it("closing does not wait for the window", async () => {
    const { pool } = open({ gatherMs: NEVER_MS });
    const [waiting] = send(pool, 5000, 1);
    const refused = expect(waiting).rejects.toEqual(expect.objectContaining({ code: "pool/stopped" }));
    await pool.close();
    await refused;
  });
});

describe("a fault of this program", () => {
  it("G50: while keys are read, is told to whoever waits, ends nothing, and marks nobody", async () => {
    let isBroken = true;
    const broken = await openPoolBench({
      complete(drafts) {
        if (isBroken) throw new RangeError("out of memory");
        return completeDrafts(broken.rules, drafts);
      },
    });
    const pool = broken.open({ gatherMs: 0 });
    const { bytes } = broken.pay(7);
    await expect(pool.submit(bytes, "peer")).rejects.toMatchObject({ code: "pool/verifier" });
    isBroken = false;
    await expect(pool.submit(bytes, "peer")).resolves.toBeDefined();
  });
});
