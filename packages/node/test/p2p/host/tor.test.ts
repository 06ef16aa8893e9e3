import dns from "node:dns";
import { existsSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { endpointOf } from "../../../src/p2p/host/address.js";
import { decodeAddresses } from "../../../src/p2p/host/messages.js";
import { encodeFrame, readFrames } from "../../../src/p2p/host/framing.js";
import type { PeerHost } from "../../../src/p2p/host/types.js";
import { addressOf, cleanup, directory, host, until } from "./hosts.js";
import { hostile, PREFIX } from "./hostile.js";
import { socksServer, type TestProxy } from "./socks-server.js";

const ONION = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd";

const portOf = (of: PeerHost): number => endpointOf(addressOf(of))?.port ?? 0;

/** Notes every connection that this process opens itself, and every name that it looks up. */
function watch(proxy: TestProxy): { readonly connected: string[]; readonly lookedUp: string[] } {
  const connected: string[] = [];
  const lookedUp: string[] = [];
  const original = Reflect.get(Socket.prototype, "connect") as (...args: readonly unknown[]) => Socket;
  Socket.prototype.connect = function (this: Socket, ...args: readonly unknown[]): Socket {
    const [first] = args;
    const options = (Array.isArray(first) ? first[0] : first) as { host?: string; port?: number };
    if (!proxy.connecting()) connected.push(`${options.host}:${options.port}`);
    return Reflect.apply(original, this, args);
  };
  const lookups = [
    vi.spyOn(dns, "lookup").mockImplementation(((name: string) => lookedUp.push(name)) as never),
    vi.spyOn(dns.promises, "lookup").mockImplementation(((name: string) => {
      lookedUp.push(name);
      return Promise.reject(new Error("no"));
    }) as never),
  ];
  cleanup(() => {
    Socket.prototype.connect = original as Socket["connect"];
    for (const lookup of lookups) lookup.mockRestore();
  });
  return { connected, lookedUp };
}

describe("a node behind a SOCKS5 proxy", () => {
  it("connects through the proxy only, lets it resolve names, and keeps circuits of peers apart", async () => {
    const [b, c, d] = [await host(), await host(), await host()];
    const proxy = await socksServer(
      new Map([
        ["b.example:1000", portOf(b)],
        [`${ONION}.onion:2000`, portOf(c)],
        ["203.0.113.7:3000", portOf(d)],
      ]),
    );
    const seen = watch(proxy);
    const a = await host({
      listen: [],
      socks: { host: "127.0.0.1", port: proxy.port },
      bootstrap: [`/dns4/b.example/tcp/1000/p2p/${b.id}`, `/onion3/${ONION}:2000/p2p/${c.id}`],
    });
    await a.dial(`/ip4/203.0.113.7/tcp/3000/p2p/${d.id}`);
    await until(() => a.peers().length === 3 && c.peers().length >= 1);

    const targets = new Set(proxy.asked.map(({ kind, host, port }) => `${kind} ${host} ${port}`));
    expect(targets).toContain("name b.example 1000");
    expect(targets).toContain(`name ${ONION}.onion 2000`);
    expect(targets).toContain("ip4 203.0.113.7 3000");
    expect(new Set(proxy.asked.map(({ password }) => password))).toEqual(new Set([b.id, c.id, d.id]));
    expect(new Set(seen.connected)).toEqual(new Set([`127.0.0.1:${proxy.port}`]));
    expect(seen.lookedUp).toEqual([]);
    expect(a.sourceOf(b.id)).toBe("name:b.example");
    expect(a.sourceOf(d.id)).toBe("ip4:203.0.113.0/24");
  });

  it("dials nothing directly when it is told of addresses, nor when the proxy is gone", async () => {
    const [b, c] = [await host(), await host()];
    await c.dial(addressOf(b));
    const proxy = await socksServer(new Map([["b.example:1000", portOf(b)]]));
    const seen = watch(proxy);
    const a = await host({
      listen: [],
      socks: { host: "127.0.0.1", port: proxy.port },
      bootstrap: [`/dns4/b.example/tcp/1000/p2p/${b.id}`],
    });
    await until(() => a.peers().length === 1);
    // b told of c at 127.0.0.1; and by hand.
    await expect(a.dial(addressOf(c))).rejects.toMatchObject({ code: "p2p/dial" });
    expect(proxy.asked.some(({ host }) => host === "127.0.0.1")).toBe(true);

    const dead = await host({ listen: [], socks: { host: "127.0.0.1", port: 1 } });
    await expect(dead.dial(addressOf(c))).rejects.toMatchObject({ code: "p2p/dial" });
    expect(new Set(seen.connected)).toEqual(new Set([`127.0.0.1:${proxy.port}`, "127.0.0.1:1"]));
    expect(c.peers().map(({ id }) => id)).toEqual([b.id]);
  });

  it("tells nothing of where it is: no identify, no addresses, a new identity each time that is kept nowhere", async () => {
    const peer = await hostile(true);
    const told: Uint8Array[] = [];
    await peer.libp2p.handle(`${PREFIX}addresses/1`, async (stream) => {
      const request = await readFrames(stream, 10_000).next({ frameMs: 3_000, beginMs: 3_000 });
      if (request) told.push(request);
    });
    const port = endpointOf(peer.address())?.port ?? 0;
    const proxy = await socksServer(new Map([["peer.example:1000", port]]));
    const dataDir = directory();
    const ids = new Set<string>();
    for (let start = 0; start < 2; start++) {
      // The second time it listens, for an onion service that it does not tell of.
      const listen = start === 0 ? [] : ["/ip4/127.0.0.1/tcp/0"];
      const a = await host({ dataDir, listen, socks: { host: "127.0.0.1", port: proxy.port } });
      ids.add(a.id);
      expect(a.addresses()).toEqual([]);
      expect(a.listening()).toBe(start === 1);
      await a.dial(`/dns4/peer.example/tcp/1000/p2p/${peer.id}`);
      await until(() => told.length === start + 1);
      expect(told[start]).toEqual(Uint8Array.of(0));
      const [connection] = peer.libp2p.getConnections();
      for (const protocol of ["/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0"]) {
        await expect(connection?.newStream(protocol)).rejects.toThrow();
      }
      await a.close();
    }
    expect(ids.size).toBe(2);
    expect(existsSync(join(dataDir, "peer.key"))).toBe(false);
  });

  it("G48: an address that a spy told the node in the open is neither dialled nor told on through the proxy", async () => {
    const spy = await hostile(true);
    const dataDir = directory();
    const canary = (await hostile()).id;
    const known = { address: `/ip4/203.0.113.99/tcp/4000/p2p/${canary}`, from: "own:203.0.113.0/24", failures: 0 };
    const now = Math.floor(Date.now() / 1000);
    const book = { version: 1, peers: [{ ...known, succeeded: now, own: now }] };
    writeFileSync(join(dataDir, "peers.json"), JSON.stringify(book));
    const proxy = await socksServer(new Map([["spy.example:1000", endpointOf(spy.address())?.port ?? 0]]));
    const a = await host({ dataDir, listen: [], socks: { host: "127.0.0.1", port: proxy.port } });
    await a.dial(`/dns4/spy.example/tcp/1000/p2p/${spy.id}`);
    // What was learnt through the proxy is not told to whom the node dialled, either.
    const [connection] = spy.libp2p.getConnections();
    const stream = await spy.open(connection!, "addresses/1");
    stream.send(encodeFrame(Uint8Array.of(0)));
    expect(await readFrames(stream, 10_000).next({ frameMs: 3_000, beginMs: 3_000 })).toEqual(Uint8Array.of(0));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(proxy.asked.map((asked) => asked.host)).not.toContain("203.0.113.99");
  });

  it("listens on loopback only, and announces an onion address only", async () => {
    const socks = { host: "127.0.0.1", port: 9 };
    await expect(host({ socks, listen: ["/ip4/0.0.0.0/tcp/0"] })).rejects.toMatchObject({ code: "p2p/tor-listen" });
    await expect(host({ socks, listen: ["/ip4/192.168.1.5/tcp/0"] })).rejects.toMatchObject({ code: "p2p/tor-listen" });
    await expect(host({ socks, announce: ["/ip4/203.0.113.7/tcp/1"] })).rejects.toMatchObject({
      code: "p2p/tor-announce",
    });
    await expect(host({ socks, announce: ["/dns4/me.example/tcp/1"] })).rejects.toMatchObject({
      code: "p2p/tor-announce",
    });
  });

  it("an onion service is announced when the operator says so, and nothing else", async () => {
    const peer = await hostile(true);
    const told: Uint8Array[] = [];
    await peer.libp2p.handle(`${PREFIX}addresses/1`, async (stream) => {
      const request = await readFrames(stream, 10_000).next({ frameMs: 3_000, beginMs: 3_000 });
      if (request) told.push(request);
    });
    const proxy = await socksServer(new Map([["peer.example:1000", endpointOf(peer.address())?.port ?? 0]]));
    const dataDir = directory();
    const open = (): Promise<PeerHost> =>
      host({
        dataDir,
        socks: { host: "127.0.0.1", port: proxy.port },
        announce: [`/onion3/${ONION}:30303`],
      });
    const a = await open();
    await a.dial(`/dns4/peer.example/tcp/1000/p2p/${peer.id}`);
    await until(() => told.length === 1);
    const expected = `/onion3/${ONION}:30303/p2p/${a.id}`;
    expect(decodeAddresses(told[0] ?? new Uint8Array(), 8).map(String)).toEqual([expected]);
    expect(a.addresses()).toEqual([expected]);
    await a.close();
    // Others know it by its peer id, so it keeps that one; it is not the one without a proxy.
    expect((await open()).id).toBe(a.id);
    expect(existsSync(join(dataDir, "peer.key"))).toBe(false);
  });
});
