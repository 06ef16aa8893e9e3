import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTaskPool, type TaskPool } from "../../src/workers/pool.js";

const module = new URL("./fixture.mjs", import.meta.url);

describe("pool of workers", () => {
  let pool: TaskPool;
  beforeAll(async () => {
    pool = await openTaskPool({ module, data: {}, threads: 2, name: "the test" });
  });
  afterAll(() => pool.close());

  it("answers each task with its own result, in any order", async () => {
    const results = await Promise.all([30, 0, 10, 0, 5].map((wait, echo) => pool.run<number>({ echo, wait })));
    expect(results).toEqual([0, 1, 2, 3, 4]);
  });

  it("passes progress on", async () => {
    const seen: number[] = [];
    await pool.run({ echo: 1 }, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([0.5]);
  });

  it("passes a SeroError on with its code and values", async () => {
    await expect(pool.run({ refuse: true })).rejects.toMatchObject({ code: "test/refused", values: { number: 7 } });
    expect(await pool.run({ echo: 2 })).toBe(2);
  });

  it("a worker that crashes is an error and not a result, and the next task gets another worker", async () => {
    for (const crash of [{ crash: true }, { exit: true }, { crash: true }]) {
      const [broken, whole] = await Promise.allSettled([pool.run(crash), pool.run({ echo: 5, wait: 5 })]);
      expect(broken).toMatchObject({ status: "rejected", reason: { code: "workers/crashed" } });
      expect(whole).toMatchObject({ status: "fulfilled", value: 5 });
    }
    expect(await Promise.all([1, 2, 3].map((echo) => pool.run({ echo })))).toEqual([1, 2, 3]);
  });

  it("is cancelled at once, queued or running, and goes on with the rest", async () => {
    const abort = new AbortController();
    const running = [1, 2].map((echo) => pool.run({ echo, wait: 50 }, { signal: abort.signal }));
    const queued = pool.run({ echo: 3 }, { signal: abort.signal });
    const other = pool.run({ echo: 4 });
    abort.abort();
    for (const result of await Promise.allSettled([...running, queued])) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "workers/cancelled" } });
    }
    expect(await other).toBe(4);
    await expect(pool.run({ echo: 5 }, { signal: abort.signal })).rejects.toMatchObject({ code: "workers/cancelled" });
  });

  it("rejects what is queued or running when it is closed", async () => {
    const closing = await openTaskPool({ module, data: {}, threads: 1, name: "the test" });
    const results = Promise.allSettled([closing.run({ wait: 1000 }), closing.run({ echo: 1 })]);
    await closing.close();
    for (const result of await results) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "workers/closed" } });
    }
    await expect(closing.run({ echo: 1 })).rejects.toMatchObject({ code: "workers/closed" });
  });

  it("says so when workers can't be started", async () => {
    const missing = new URL("./no-such-module.mjs", import.meta.url);
    await expect(openTaskPool({ module: missing, data: {}, threads: 2, name: "the test" })).rejects.toMatchObject({
      code: "workers/crashed",
    });
  });
});
