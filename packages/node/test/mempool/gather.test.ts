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

  it("G48: that something was just verified shows in nobody's wait: ticks keep a time of their own", async () => {
    const pool = bench.open({ gather: 16, gatherMs: 100 }, acceptAllVerifier({ delayMs: 30 }));
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      await Promise.all(send(pool, 6000 + i, 1));
      const begun = performance.now();
      await Promise.all(send(pool, 6100 + i, 1));
      waits.push(performance.now() - begun);
    }
    // One tick and the check itself; the least of three, as the machine may be busy.
    expect(Math.min(...waits)).toBeLessThan(100 + 30 + 150);
    await pool.close();
  });

  it("sources that nobody knows, each with one, all go with the same tick", async () => {
    const { pool, sizes } = open({ gather: 64, gatherMs: 300 });
    const sent = Array.from({ length: 20 }, (_, i) => pool.submit(bench.pay(8000 + i).bytes, `peer-${i}`));
    await turns();
    expect(sizes).toEqual([]);
    const begun = performance.now();
    await Promise.all(sent);
    expect(sizes).toEqual(Array.from({ length: 20 }, () => 1));
    expect(performance.now() - begun).toBeLessThan(2 * 300 + 300);
  });

  it("what comes after a tick waits for the next, also while its batches are under way", async () => {
    const { pool, sizes, gate } = open({ gather: 64, gatherMs: 150, parallel: 1 });
    const letPass = gate.shut();
    const first = send(pool, 9000, 2);
    await vi.waitFor(() => expect(sizes).toEqual([2]));
    const later = [...send(pool, 9100, 1)];
    await turns();
    later.push(...send(pool, 9200, 2));
    letPass();
    await Promise.all(first);
    await turns();
    await Promise.all(later);
    expect(sizes).toEqual([2, 3]);
  });

  it("nothing is left behind of more than fit a batch", async () => {
    const { pool, sizes } = open({ gather: 4, gatherMs: 50, batch: 4, parallel: 1 });
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
