import { describe, expect, it } from "vitest";
import { openReporter } from "../../src/health/index.js";
import type { LogLine } from "../../src/log.js";
import { startTestNode } from "../helpers/node.js";

describe("the log of a chain", () => {
  it("tells heads at most once a second, with how many blocks came, and finality", async () => {
    const lines: LogLine[] = [];
    const test = await startTestNode();
    let time = 0;
    const { chain, sealer } = test.node.context;
    const stop = openReporter({
      chain,
      log: (line) => lines.push(line),
      needsConsensus: false,
      sinceConsensus: () => undefined,
      now: () => time,
    });
    await sealer!.seal();
    await sealer!.seal();
    await sealer!.seal();
    time += 1_000;
    await sealer!.seal();
    const heads = lines.filter(({ event }) => event === "chain/head");
    expect(heads.map(({ values }) => [values?.["number"], values?.["blocks"]])).toEqual([
      ["1", 1],
      ["4", 3],
    ]);
    time += 1e6;
    while (chain.finalized().number === 0n) await sealer!.seal();
    expect(lines.find(({ event }) => event === "chain/finalized")?.values).toMatchObject({
      number: String(chain.finalized().number),
    });
    stop();
    const before = lines.length;
    await sealer!.seal();
    expect(lines.length).toBe(before);
    await test.stop();
  });

  it("says when the consensus client falls silent, and when it is back; once each", async () => {
    const events: string[] = [];
    const test = await startTestNode();
    let since: number | undefined = 0;
    const stop = openReporter({
      chain: test.node.context.chain,
      log: ({ event }) => events.push(event),
      needsConsensus: true,
      sinceConsensus: () => since,
      now: () => 0,
      interval: 5,
    });
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));
    await later();
    expect(events).toEqual([]);
    since = 61;
    await expect.poll(() => events).toEqual(["engine/quiet"]);
    await later();
    since = 1;
    await expect.poll(() => events).toEqual(["engine/quiet", "engine/back"]);
    stop();
    since = 100;
    await later();
    expect(events).toHaveLength(2);
    await test.stop();
  });
});
