import { simulate } from "@sero/bench/dandelion";
import { describe, expect, it } from "vitest";

// The whole of it: npm run simulate:dandelion.
describe("a network of 100 nodes, in simulated time", () => {
  it("G48: with Dandelion++ the node that makes a transaction public is not where it began, and spies seldom name its origin", () => {
    const cells = simulate({
      nodes: 100,
      outbound: 8,
      spies: [0.1, 0.3],
      networks: 2,
      transactions: 200,
      seed: 48,
      onProgress: () => undefined,
    });
    const of = (way: string, spies: number) => cells.find((cell) => cell.way === way && cell.spies === spies)!;
    for (const [spies, plain] of [
      [0.1, 0.6],
      [0.3, 0.85],
    ] as const) {
      const [gossip, dandelion, swallowed] = [
        of("gossip", spies),
        of("dandelion", spies),
        of("dandelion, stems swallowed", spies),
      ];
      // Everything arrives everywhere, whoever swallows what.
      for (const { spreadSeconds } of [gossip, dandelion, swallowed]) expect(spreadSeconds).toBeLessThan(60);
      expect(gossip.scores["first-seen"]!.recall).toBeGreaterThan(plain);
      expect(dandelion.scores["first-seen"]!.recall).toBeLessThan(0.12);
      expect(dandelion.fluffedByOrigin).toBeLessThan(0.12);
      // Who is given a stem guesses whoever gave it, and is right about as often as an origin's successor is a spy: no protocol of this kind is below that.
      expect(dandelion.scores["first-seen, stems too"]!.recall).toBeLessThan(spies + 0.1);
      expect(dandelion.scores["first-sent, stems too"]!.precision).toBeLessThan(spies + 0.15);
      expect(swallowed.scores["first-seen"]!.recall).toBeLessThan(spies + 0.25);
      expect(dandelion.hops).toBeGreaterThan(2);
    }
  });
});
