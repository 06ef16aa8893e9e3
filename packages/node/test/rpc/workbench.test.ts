import { describe, expect, it } from "vitest";
import { openWorkbench } from "../../src/rpc/workbench.js";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the workbench", () => {
  it("runs one at a time, sources taking turns, and lets blocks go first", async () => {
    const order: string[] = [];
    let running = 0;
    let blocks = 0;
    const bench = openWorkbench(async () => {
      blocks++;
      await later();
    });
    const job = (name: string) => async (): Promise<void> => {
      expect(++running).toBe(1);
      order.push(name);
      await later();
      running--;
    };
    await Promise.all([
      ...["a1", "a2", "a3"].map((name) => bench.run("a", job(name))),
      ...["b1", "b2"].map((name) => bench.run("b", job(name))),
    ]);
    // a1 had begun when b came.
    expect(order).toEqual(["a1", "a2", "b1", "a3", "b2"]);
    expect(blocks).toBe(5);
  });

  it("E38: refuses what is too much, for one source and for all, and goes on after failures", async () => {
    const bench = openWorkbench(() => Promise.resolve(), { all: 3, perSource: 2 });
    let free = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (free = resolve));
    const first = bench.run("a", () => stuck);
    const second = bench.run("a", () => Promise.reject(new Error("bad")));
    const third = bench.run("a", () => Promise.resolve(3));
    await expect(bench.run("a", () => Promise.resolve())).rejects.toMatchObject({ code: "rpc/limit" });
    const fourth = bench.run("b", () => Promise.resolve(4));
    await expect(bench.run("c", () => Promise.resolve())).rejects.toMatchObject({ code: "rpc/limit" });
    free();
    await first;
    await expect(second).rejects.toThrow("bad");
    expect([await third, await fourth]).toEqual([3, 4]);
    expect(await bench.run("c", () => Promise.resolve(5))).toBe(5);
  });
});
