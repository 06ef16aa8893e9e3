import { describe, expect, it } from "vitest";
import { openSources } from "../../src/mempool/sources.js";

describe("what is known of sources", () => {
  it("E38: trust is earned by what was good, and lost for longer than suspicion lasts", () => {
    let now = 0;
    const sources = openSources(8, 60_000, () => now);
    expect([sources.rank("a"), sources.allowance("a")]).toEqual(["fresh", 1]);
    // What one's own users send together is checked, and can be mined, together.
    expect([sources.rank("rpc:127.0.0.1"), sources.allowance("rpc:127.0.0.1")]).toEqual(["own", 65]);
    sources.praise("a", 1);
    expect([sources.rank("a"), sources.allowance("a")]).toEqual(["fresh", 5]);
    sources.praise("a", 15);
    expect(sources.rank("a")).toBe("known");
    sources.blame("a", "proof");
    expect([sources.rank("a"), sources.allowance("a")]).toEqual(["suspect", 1]);
    now = 60_000;
    expect([sources.rank("a"), sources.allowance("a")]).toEqual(["fresh", 1]);
    expect(sources.rank("b")).toBe("fresh");
  });

  it("E38: a refused source is heard again a whole window after its last offence", () => {
    let now = 0;
    const sources = openSources(8, 60_000, () => now);
    for (let i = 0; i < 7; i++) sources.blame("a", "proof");
    expect(sources.isRefused("a")).toBe(false);
    now = 59_000;
    sources.blame("a", "proof");
    expect(sources.isRefused("a")).toBe(true);
    now = 59_000 + 59_999;
    expect(sources.isRefused("a")).toBe(true);
    now++;
    expect(sources.isRefused("a")).toBe(false);
  });

  it("E38: malformed bytes weigh an eighth of a false proof; one's own RPC comes first, and is not above suspicion", () => {
    const sources = openSources(1, 60_000, () => 0);
    expect(sources.rank("rpc:127.0.0.1")).toBe("own");
    expect([sources.rank("rpcat"), sources.rank("light:rpc")]).toEqual(["fresh", "fresh"]);
    for (let i = 0; i < 7; i++) sources.blame("rpc:127.0.0.1", "bytes");
    expect([sources.rank("rpc:127.0.0.1"), sources.isRefused("rpc:127.0.0.1")]).toEqual(["own", false]);
    sources.blame("rpc:127.0.0.1", "bytes");
    expect([sources.rank("rpc:127.0.0.1"), sources.isRefused("rpc:127.0.0.1")]).toEqual(["suspect", true]);
  });

  it("E38: a crowd of offenders does not make good ones forgotten, and neither list grows without end", () => {
    const sources = openSources(8, 60_000, () => 0);
    sources.praise("friend", 16);
    sources.blame("first", "proof");
    for (let i = 0; i < 10_000; i++) sources.blame(`bad ${i}`, "proof");
    expect(sources.rank("friend")).toBe("known");
    expect(sources.rank("first")).toBe("fresh");
    for (let i = 0; i < 10_000; i++) sources.praise(`good ${i}`, 16);
    expect(sources.rank("friend")).toBe("fresh");
  });
});
