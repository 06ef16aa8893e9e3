import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDialable } from "../../../src/p2p/host/address.js";
import { openBans, openPoints } from "../../../src/p2p/host/bans.js";
import { openBook, type AddressBook } from "../../../src/p2p/host/book.js";
import { loadIdentity } from "../../../src/p2p/host/identity.js";
import { makePeerKey, peerIdOfFile } from "../../../src/p2p/host/peer-key.js";
import type { LogLine } from "../../../src/log.js";
import { directory } from "./hosts.js";

const ID = "12D3KooWGzBXWNvHpLALvYSPzhx6z4zSFLQgKtSRDLSbVfzUvTdX";

const at = (host: string): ReturnType<typeof parseDialable> => parseDialable(`/ip4/${host}/tcp/1/p2p/${ID}`);

function book(dataDir: string, max = 64, time = { now: 1e12, clock: 0 }, log: LogLine[] = []): AddressBook {
  return openBook({
    dataDir,
    max,
    redialMs: 1_000,
    now: () => time.now,
    clock: () => time.clock,
    random: () => 0.5,
    log: (line) => log.push(line),
  });
}

describe("the address book", () => {
  it("is kept on disk and read again", () => {
    const dataDir = directory();
    const first = book(dataDir);
    first.add(at("203.0.113.1"), { from: "a" });
    first.add(at("203.0.113.2"), { from: "own:a", own: true });
    first.succeeded(at("203.0.113.1") && `/ip4/203.0.113.1/tcp/1/p2p/${ID}`);
    first.close();
    expect(statSync(join(dataDir, "peers.json")).mode & 0o777).toBe(0o600);
    const second = book(dataDir);
    expect(second.entries().map(({ address, succeeded, own, from }) => [address, succeeded, own, from])).toEqual([
      [`/ip4/203.0.113.1/tcp/1/p2p/${ID}`, 1e9, 0, "a"],
      [`/ip4/203.0.113.2/tcp/1/p2p/${ID}`, 0, 1e9, "own:a"],
    ]);
  });

  it("sets a damaged file aside and begins anew", () => {
    for (const damage of ["", "{", "[]", '{"version":2,"peers":[]}', '{"version":1,"peers":[{"address":7}]}']) {
      const dataDir = directory();
      const path = join(dataDir, "peers.json");
      writeFileSync(path, damage);
      const log: LogLine[] = [];
      expect(book(dataDir, 64, undefined, log).entries()).toEqual([]);
      expect(log.map(({ event }) => event)).toEqual(["p2p/damaged-file"]);
      expect(readFileSync(`${path}.damaged`, "utf8")).toBe(damage);
      expect(existsSync(path)).toBe(false);
    }
  });

  it("is bounded, and no source can fill it", () => {
    const mine = book(directory(), 64);
    for (let i = 1; i <= 50; i++) mine.add(at(`198.51.100.${i}`), { from: "flood" });
    expect(mine.entries().length).toBe(4);
    mine.add(at("192.0.2.1"), { from: "operator", fixed: true });
    mine.add(at("203.0.113.1"), { from: "honest" });
    mine.succeeded(`/ip4/203.0.113.1/tcp/1/p2p/${ID}`);
    for (let source = 0; source < 100; source++) {
      for (let i = 0; i < 4; i++) mine.add(at(`198.51.${source}.${i}`), { from: `source ${source}` });
    }
    const kept = mine.entries().map(({ address }) => address);
    expect(kept.length).toBe(64);
    // What worked, and what the operator gave, stays.
    expect(kept).toContain(`/ip4/203.0.113.1/tcp/1/p2p/${ID}`);
    expect(kept).toContain(`/ip4/192.0.2.1/tcp/1/p2p/${ID}`);
  });

  it("tells on only what was dialled with success or what a peer told of itself, and not for ever", () => {
    const time = { now: 1e12, clock: 0 };
    const mine = book(directory(), 64, time);
    mine.add(at("203.0.113.1"), { from: "a" });
    mine.add(at("203.0.113.2"), { from: "a" });
    mine.add(at("203.0.113.3"), { from: "own:a", own: true });
    mine.succeeded(`/ip4/203.0.113.2/tcp/1/p2p/${ID}`);
    const told = (): string[] => mine.tellable().map(({ endpoint }) => endpoint.host);
    expect(told()).toEqual(["203.0.113.2", "203.0.113.3"]);
    time.now += 31 * 86_400_000;
    expect(told()).toEqual([]);
  });

  it("waits twice as long after each failure, to a bound, and forgets what never worked", () => {
    const time = { now: 1e12, clock: 0 };
    const mine = book(directory(), 64, time);
    const address = `/ip4/203.0.113.1/tcp/1/p2p/${ID}`;
    mine.add(at("203.0.113.1"), { from: "operator", fixed: true });
    mine.add(at("203.0.113.2"), { from: "a" });
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      mine.failed(address);
      mine.failed(`/ip4/203.0.113.2/tcp/1/p2p/${ID}`);
      waits.push(mine.entries()[0]?.notBefore ?? 0);
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits[11]).toBe(30_000);
    expect(mine.entries().length).toBe(1);
    mine.succeeded(address);
    expect(mine.entries()[0]).toMatchObject({ notBefore: 0, failures: 0 });
    // Somebody else's that worked once: ten minutes at most.
    const other = `/ip4/203.0.113.3/tcp/1/p2p/${ID}`;
    mine.add(at("203.0.113.3"), { from: "a" });
    mine.succeeded(other);
    for (let i = 0; i < 20; i++) mine.failed(other);
    expect(mine.entries()[1]?.notBefore).toBe(600_000);
  });
});

describe("points and bans", () => {
  it("points decay by half in ten minutes; a hundred are a ban", () => {
    let clock = 0;
    const points = openPoints(() => clock);
    expect(points.add("a", "major")).toBe(false);
    expect(points.add("a", "major")).toBe(false);
    expect(points.of("a")).toBe(68);
    clock += 600_000;
    expect(points.of("a")).toBe(34);
    expect(points.add("a", "major")).toBe(false);
    expect(points.add("a", "major")).toBe(true);
    expect(points.of("a")).toBe(0);
    expect(points.add("b", "fatal")).toBe(true);
    for (let i = 0; i < 19; i++) expect(points.add("c", "minor")).toBe(false);
    expect(points.add("c", "minor")).toBe(true);
  });

  it("bans are kept on disk, end, and are of peer ids and addresses only", () => {
    const dataDir = directory();
    let now = 1e12;
    const open = (): ReturnType<typeof openBans> =>
      openBans(
        dataDir,
        () => now,
        () => undefined,
      );
    const bans = open();
    bans.add(ID, 60, "test");
    bans.add("2001:db8:1:2::99", 600, "test");
    expect(open().list()).toEqual([
      { subject: ID, code: "test", until: 1e9 + 60 },
      { subject: "2001:db8:1:2::/64", code: "test", until: 1e9 + 600 },
    ]);
    now += 61_000;
    expect(bans.has(ID)).toBe(false);
    expect(open().has("2001:db8:1:2::/64")).toBe(true);
    expect(open().list().length).toBe(1);
    expect(bans.remove("2001:db8:1:2::/64")).toBe(true);
    expect(open().list()).toEqual([]);
    for (const wrong of ["", "everybody", "203.0.113.0/24", "12D3KooW"]) {
      expect(() => bans.add(wrong, 1, "test"), wrong).toThrow("Name a peer id");
    }
    // A shorter ban does not end a longer one sooner.
    bans.add(ID, 600, "test");
    bans.add(ID, 6, "test");
    expect(bans.list()[0]?.until).toBe(Math.floor(now / 1000) + 600);
    writeFileSync(join(dataDir, "bans.json"), "damaged");
    expect(open().list()).toEqual([]);
    expect(existsSync(join(dataDir, "bans.json.damaged"))).toBe(true);
  });
});

describe("a node's identity", () => {
  it("is made once, readable by its owner only, and read again", async () => {
    const dataDir = directory();
    const made = await loadIdentity(dataDir);
    expect(statSync(join(dataDir, "peer.key")).mode & 0o777).toBe(0o600);
    expect((await loadIdentity(dataDir)).id).toBe(made.id);
    expect(await peerIdOfFile(join(dataDir, "peer.key"))).toBe(made.id);
    await expect(makePeerKey(join(dataDir, "peer.key"))).rejects.toMatchObject({ code: "p2p/identity-exists" });
    const other = join(directory(), "peer.key");
    expect(await makePeerKey(other)).toBe(await peerIdOfFile(other));
  });

  it("is not overwritten when it is damaged, and not quoted", async () => {
    const dataDir = directory();
    const path = join(dataDir, "peer.key");
    writeFileSync(path, "0x0801124secret");
    const failed = await loadIdentity(dataDir).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "p2p/identity", values: { path } });
    expect(JSON.stringify(failed) + String(failed)).not.toContain("secret");
    expect(readFileSync(path, "utf8")).toBe("0x0801124secret");
  });
});
