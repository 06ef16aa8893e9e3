import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { openBuckets } from "../../src/server/buckets.js";
import { clientOf, groupOf } from "../../src/server/clients.js";

describe("allowances", () => {
  it("give what is there at once, and what was used up again over time", () => {
    let time = 0;
    const buckets = openBuckets({ burst: 3, perSecond: 2 }, 10, () => time);
    expect([1, 2, 3].map(() => buckets.take("a", 1))).toEqual([0, 0, 0]);
    expect(buckets.take("a", 1)).toBe(500);
    expect(buckets.take("b", 1)).toBe(0);
    time += 499;
    expect(buckets.wait("a")).toBeGreaterThan(0);
    time += 1;
    expect(buckets.take("a", 1)).toBe(0);
    expect(buckets.take("a", 1)).toBeGreaterThan(0);
    time += 3_600_000;
    expect([1, 2, 3].map(() => buckets.take("a", 1))).toEqual([0, 0, 0]);
    expect(buckets.take("a", 1)).toBeGreaterThan(0);
  });

  it("let one large thing through, which is paid off before the next", () => {
    let time = 0;
    const buckets = openBuckets({ burst: 10, perSecond: 10 }, 10, () => time);
    expect(buckets.take("a", 110)).toBe(0);
    expect(buckets.wait("a")).toBe(10_100);
    time += 10_100;
    expect(buckets.wait("a")).toBe(0);
  });

  it("G50: a thousand addresses don't fill the memory", () => {
    const buckets = openBuckets({ burst: 1, perSecond: 1 }, 100, () => 0);
    for (let i = 0; i < 1000; i++) buckets.take(`client-${i}`, 1);
    expect(buckets.size).toBe(100);
    expect(buckets.wait("client-999")).toBeGreaterThan(0);
  });
});

describe("who is counted", () => {
  const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
    ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } }) as never;

  it("is an IPv4 address, or the /64 of an IPv6 one, however it is written", () => {
    expect(groupOf("203.0.113.9")).toBe("203.0.113.9");
    expect(groupOf("::ffff:203.0.113.9")).toBe("203.0.113.9");
    const same = ["2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002::9", "2001:db8:1:2::", "2001:DB8:1:2:ffff::1%eth0"];
    expect(new Set(same.map(groupOf))).toEqual(new Set(["2001:db8:1:2::/64"]));
    expect(groupOf("::1")).toBe("0:0:0:0::/64");
    expect(groupOf("2001:db8:1:3::1")).not.toBe(groupOf("2001:db8:1:2::1"));
    expect(groupOf("")).toBe("");
  });

  it("G50: is not whom the client names, unless a proxy on this machine says so; then it is the last one", () => {
    expect(clientOf(request("198.51.100.1", "203.0.113.9"), false)).toBe("198.51.100.1");
    expect(clientOf(request("198.51.100.1", "203.0.113.9"), true)).toBe("198.51.100.1");
    expect(clientOf(request("127.0.0.1", "203.0.113.9"), false)).toBe("127.0.0.1");
    expect(clientOf(request("127.0.0.1", "6.6.6.6, 203.0.113.9"), true)).toBe("203.0.113.9");
    expect(clientOf(request("127.0.0.1", "6.6.6.6, nonsense"), true)).toBe("127.0.0.1");
    expect(clientOf(request("127.0.0.1"), true)).toBe("127.0.0.1");
  });
});
