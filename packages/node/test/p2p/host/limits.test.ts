import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import { describe, expect, it } from "vitest";
import { endpointOf } from "../../../src/p2p/host/address.js";
import { encodeFrame } from "../../../src/p2p/host/framing.js";
import type { PeerHost, PeerId } from "../../../src/p2p/host/types.js";
import { addressOf, cleanup, directory, host, until } from "./hosts.js";
import { hostile, PREFIX } from "./hostile.js";
import { socksServer } from "./socks-server.js";

/** A multiaddr, without its peer id unless it is to stay. */
function peerless(text: string, keep = false): Multiaddr {
  return keep ? multiaddr(text) : multiaddr(text.replace(/\/p2p\/.*$/, ""));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("limits on connections", () => {
  it("G50: connections from one address are limited in number and in pace", async () => {
    const few = await host({ limits: { trustLocal: false, maxPerIp: 2, maxNewPerIp: 100 } });
    const peers = [await hostile(), await hostile(), await hostile()];
    const [one] = [await peers[0]?.join(few), await peers[1]?.join(few)];
    await expect(peers[2]?.join(few)).rejects.toThrow();
    expect(few.peers().length).toBe(2);
    await one?.close();
    await until(() => few.peers().length === 1);
    await peers[2]?.join(few);
    await until(() => few.peers().length === 2);

    const slow = await host({ limits: { trustLocal: false, maxPerIp: 100, maxNewPerIp: 1 } });
    const peer = await hostile();
    const dials = await Promise.allSettled(
      Array.from({ length: 6 }, () => peer.libp2p.dial(peerless(addressOf(slow)), { force: true } as never)),
    );
    expect(dials.filter(({ status }) => status === "fulfilled").length).toBeLessThan(4);
  });

  it("G50: inbound connections are limited in all", async () => {
    const target = await host({ limits: { maxInbound: 3 } });
    for (let i = 0; i < 3; i++) await (await hostile()).join(target);
    const last = await hostile();
    await expect(last.join(target)).rejects.toThrow();
    expect(target.peers().length).toBe(3);
  });

  it("G50: silent connections that hold all places make room", async () => {
    const target = await host({ limits: { maxInbound: 3, handshakeMs: 30_000 } });
    const port = endpointOf(addressOf(target))?.port ?? 0;
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      cleanup(() => socket.destroy());
    }
    await pause(200);
    await expect((await hostile()).join(target)).rejects.toThrow();
    await pause(1_000);
    await (await hostile()).join(target);
    await until(() => target.peers().length === 1);
    await (await hostile()).join(target);
    // Those that are past the handshake stay.
    await until(() => target.peers().length === 2);
  });

  it("G50: a ban is of the address too, and outlives a restart", async () => {
    const dataDir = directory();
    const limits = { trustLocal: false, maxPerIp: 10, maxNewPerIp: 100 };
    const target = await host({ dataDir, limits });
    const peer = await hostile();
    await peer.join(target);
    await until(() => target.peers().length === 1);
    target.penalize(peer.id as PeerId, "fatal", "test/offence");
    expect(target.peers()).toEqual([]);
    expect(target.bans().map(({ subject }) => subject)).toEqual(["127.0.0.1", peer.id]);
    const other = await hostile();
    await expect(other.join(target)).rejects.toThrow();
    await target.close();
    const again = await host({ dataDir, limits });
    expect(again.id).toBe(target.id);
    await expect(other.join(again)).rejects.toThrow();
    expect(again.unban("127.0.0.1")).toBe(true);
    await other.join(again);
    await expect(peer.join(again)).rejects.toThrow();
  });

  it("penalties of a peer that left still count", async () => {
    const target = await host();
    const peer = await hostile();
    const connection = await peer.join(target);
    await until(() => target.peers().length === 1);
    await connection.close();
    await until(() => target.peers().length === 0);
    for (let i = 0; i < 3; i++) target.penalize(peer.id as PeerId, "major", "test/late");
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "test/late" }]);
    target.penalize("12D3KooWGzBXWNvHpLALvYSPzhx6z4zSFLQgKtSRDLSbVfzUvTdX" as PeerId, "fatal", "test/unknown");
    expect(target.bans().length).toBe(1);
  });
});

describe("what a host is opened with", () => {
  it("a port that is taken, or an address that is none, is a sentence", async () => {
    const first = await host();
    const taken = addressOf(first).replace(/\/p2p\/.*$/, "");
    await expect(host({ listen: [taken] })).rejects.toMatchObject({ code: "p2p/listen" });
    await expect(host({ listen: ["/dns4/me.example/tcp/1"] })).rejects.toMatchObject({ code: "p2p/address" });
    await expect(host({ listen: ["0.0.0.0:30303"] })).rejects.toMatchObject({ code: "p2p/address" });
    await expect(host({ bootstrap: ["/ip4/203.0.113.1/tcp/1"] })).rejects.toMatchObject({ code: "p2p/address" });
    await expect(host({ announce: ["me.example"] })).rejects.toMatchObject({ code: "p2p/address" });
    await expect(first.dial(addressOf(first))).rejects.toMatchObject({ code: "p2p/dial" });
  });

  it("an address that is announced is told instead of the one listened on", async () => {
    const [a, b] = [await host({ announce: ["/ip4/203.0.113.7/tcp/30303"] }), await host()];
    expect(a.addresses()).toEqual([`/ip4/203.0.113.7/tcp/30303/p2p/${a.id}`]);
    await a.dial(addressOf(b));
    expect(a.listening()).toBe(true);
  });
});

describe("connections that the node opens itself", () => {
  it("are spread over networks", async () => {
    const hosts = await Promise.all(Array.from({ length: 4 }, () => host({ limits: { maxOutbound: 0 } })));
    const places = ["203.0.113.1", "203.0.113.2", "203.0.200.3", "198.51.100.4"];
    const ports = new Map(
      places.map((place, i) => [`${place}:1`, endpointOf(addressOf(hosts[i] as PeerHost))?.port ?? 0]),
    );
    const proxy = await socksServer(ports);
    const dataDir = directory();
    const peers = places.map((place, i) => ({
      address: `/ip4/${place}/tcp/1/p2p/${hosts[i]?.id}`,
      succeeded: 0,
      own: 0,
      from: "test",
      failures: 0,
    }));
    // A node behind a proxy has a book of its own.
    for (const file of ["peers.json", "peers-onion.json"]) {
      writeFileSync(join(dataDir, file), JSON.stringify({ version: 1, peers }));
    }
    const a = await host({ dataDir, listen: [], socks: { host: "127.0.0.1", port: proxy.port } });
    await until(() => a.peers().length === 2);
    await pause(1_500);
    const groups = a.peers().map(({ address }) => address.split("/")[2]?.split(".").slice(0, 2).join("."));
    expect(groups.sort()).toEqual(["198.51", "203.0"]);
  });

  it("are opened again with growing waits, and are no more than wanted", async () => {
    const peers = await Promise.all([host(), host(), host()]);
    const a = await host({ bootstrap: peers.map(addressOf), limits: { maxOutbound: 2 } });
    await until(() => a.peers().length === 2);
    await pause(1_000);
    expect(a.peers().length).toBe(2);
    const [lost] = a.peers();
    await peers.find(({ id }) => id === lost?.id)?.close();
    // The third takes its place.
    await until(() => a.peers().length === 2 && !a.peers().some(({ id }) => id === lost?.id));
  });

  it("crossing dials end in one connection on both sides", async () => {
    for (let i = 0; i < 3; i++) {
      const [a, b] = [await host(), await host()];
      expect(await Promise.all([a.dial(addressOf(b)), b.dial(addressOf(a))])).toEqual([b.id, a.id]);
      await pause(300);
      expect([a.peers().length, b.peers().length]).toEqual([1, 1]);
      const frames: Uint8Array[] = [];
      b.answer("blocks/1", { maxRequestBytes: 1, perPeer: 1, perMinute: 9 }, async function* (request) {
        yield request;
      });
      for await (const frame of a.request(b.id, "blocks/1", Uint8Array.of(7), { maxFrameBytes: 1, timeoutMs: 2_000 })) {
        frames.push(frame);
      }
      expect(frames).toEqual([Uint8Array.of(7)]);
    }
  });

  it("peers that the operator named count as outbound whoever dialled", async () => {
    const a = await host();
    const b = await host({ bootstrap: [addressOf(a)] });
    await until(() => a.peers().length === 1 && b.peers().length === 1);
    expect([a.peers()[0]?.outbound, b.peers()[0]?.outbound]).toEqual([false, true]);
    await b.close();
    const c = await host();
    const d = await host({ bootstrap: [addressOf(c)], limits: { maxOutbound: 0 } });
    await c.dial(addressOf(d));
    await until(() => d.peers().length === 1);
    expect([c.peers()[0]?.outbound, d.peers()[0]?.outbound]).toEqual([true, true]);
  });
});

describe("the exchange of addresses", () => {
  it("tells newcomers of others, and is written down", async () => {
    const dataDir = directory();
    const [a, b] = [await host(), await host()];
    await b.dial(addressOf(a));
    const c = await host({ dataDir, bootstrap: [addressOf(a)] });
    await until(() => c.peers().length === 2);
    await c.close();
    expect(readFileSync(join(dataDir, "peers.json"), "utf8")).toContain(b.id);
    expect(existsSync(join(dataDir, "peers.json.new"))).toBe(false);
  });

  it("G50: more addresses than allowed, or broken ones, are a ban", async () => {
    for (const answer of [Uint8Array.of(31), Uint8Array.of(1, 200, 4)]) {
      const peer = await hostile(true);
      await peer.libp2p.handle(`${PREFIX}addresses/1`, (stream) => {
        stream.send(Uint8Array.of(answer.length, ...answer));
        void stream.close();
      });
      const asker = await host();
      await asker.dial(peer.address());
      await until(() => asker.bans().length === 1);
      expect(asker.bans()).toMatchObject([{ subject: peer.id, code: "p2p/malformed" }]);
    }
  });

  it("G50: a name that a peer told is not followed into the node's own network", async () => {
    const victim = await host();
    const port = endpointOf(addressOf(victim))?.port;
    const name = `/dns4/localhost/tcp/${port}/p2p/${victim.id}`;
    const dataDir = directory();
    const entry = { address: name, succeeded: 0, own: 0, from: "ip4:203.0.113.0/24", failures: 0 };
    writeFileSync(join(dataDir, "peers.json"), JSON.stringify({ version: 1, peers: [entry] }));
    const a = await host({ dataDir });
    await pause(1_500);
    expect(a.peers()).toEqual([]);
    // The operator may name it.
    expect(await a.dial(name)).toBe(victim.id);
  });

  it("G50: an inbound peer can put no address but its own into the book, and has one answer", async () => {
    const dataDir = directory();
    const target = await host({ dataDir, limits: { maxOutbound: 0 } });
    const [liar, victim] = [await hostile(), await hostile(true)];
    const connection = await liar.join(target);
    const address = (text: string): number[] => {
      const { bytes } = peerless(text, true);
      return [bytes.length, ...bytes];
    };
    const message = [3, ...address(victim.address())];
    message.push(...address(`/ip4/203.0.113.9/tcp/9/p2p/${liar.id}`), ...address(`/ip4/10.0.0.1/tcp/9/p2p/${liar.id}`));
    for (let i = 0; i < 2; i++) {
      const stream = await liar.open(connection, "addresses/1");
      stream.send(encodeFrame(Uint8Array.from(message)));
      await stream.close();
      await pause(300);
    }
    expect(target.points(liar.id as PeerId)).toBeGreaterThan(4);
    await target.close();
    const book = readFileSync(join(dataDir, "peers.json"), "utf8");
    expect(book).not.toContain(victim.id);
    expect(JSON.parse(book)).toMatchObject({
      // Named from elsewhere than where it is: may be tried, is not told on.
      peers: [{ own: 0 }, { own: 0 }],
    });
  });
});
