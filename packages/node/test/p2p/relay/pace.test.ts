import { describe, expect, it } from "vitest";
import { openMeter, openPace } from "../../../src/p2p/relay/pace.js";

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
});
