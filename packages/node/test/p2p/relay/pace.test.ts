import { describe, expect, it } from "vitest";
import { openMeter, openPace, openShares, type Account } from "../../../src/p2p/relay/pace.js";

describe("what a peer is given", () => {
  it("is bounded in number a minute and in bytes under way", () => {
    const pace = openPace(60, 1000);
    for (let i = 0; i < 10; i++) expect(pace.begin("a", 100, 0)).toBe(true);
    expect(pace.begin("a", 100, 0)).toBe(false);
    expect(pace.begin("b", 100, 0)).toBe(true);
    for (let i = 0; i < 10; i++) pace.done("a", 100);
    let given = 10;
    while (pace.begin("a", 1, 0)) {
      pace.done("a", 1);
      given++;
    }
    expect(given).toBe(60);
    pace.sweep(500);
    expect(pace.begin("a", 1, 500)).toBe(false);
    expect(pace.begin("a", 1, 1000)).toBe(true);
    expect(pace.begin("a", 1, 1000)).toBe(false);
  });

  it("G50: what a peer gives is bounded in bytes", () => {
    const meter = openMeter(1000, 100);
    expect(meter.allows("a", 900, 0)).toBe(true);
    expect(meter.allows("a", 200, 0)).toBe(false);
    expect(meter.allows("b", 1000, 0)).toBe(true);
    meter.sweep(500);
    expect(meter.allows("a", 200, 500)).toBe(false);
    expect(meter.allows("a", 200, 1000)).toBe(true);
  });

  it("G48: a flood of others, or of strangers' wallets, leaves what a node's own users send its stem", () => {
    for (const size of [1_000, 131_072]) {
      const shares = openShares();
      const most = (account: Account): number => {
        let count = 0;
        for (; shares.begin(account, "successor", size, 0); count++) shares.done(account, "successor", size);
        return count;
      };
      const flood = most("peers") + most("strangers");
      expect(shares.begin("own", "successor", size, 0)).toBe(true);
      const all = flood + 1 + most("own");
      // What the successor takes of one peer in that time: more would be dropped unread.
      expect(all).toBeLessThan(12_000);
      expect(all * size).toBeLessThan(8 * 1024 * 1024);
    }
    const slow = openShares();
    while (slow.begin("peers", "successor", 131_072, 0));
    expect(slow.begin("own", "successor", 2_000, 0)).toBe(true);
  });
});
