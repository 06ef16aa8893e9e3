import type { Connection, MultiaddrConnection } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { describe, expect, it } from "vitest";
import { openBans, openPoints } from "../../../src/p2p/host/bans.js";
import { DEFAULT_HOST_LIMITS } from "../../../src/p2p/host/settings.js";
import { openTable, type PeerTable } from "../../../src/p2p/host/table.js";
import type { HostLimits, PeerId } from "../../../src/p2p/host/types.js";
import { directory } from "./hosts.js";
import { STATUS } from "./hostile.js";

interface Fake {
  readonly table: PeerTable;
  /** An inbound connection from an address: whether its socket was taken; if so it shakes hands as `id`. */
  arrive(host: string, id: string): boolean;
  readonly aborted: string[];
}

const OFFENDER = "12D3KooWGzBXWNvHpLALvYSPzhx6z4zSFLQgKtSRDLSbVfzUvTdX";

let ports = 1;

function fake(limits: Partial<HostLimits>): Fake {
  const aborted: string[] = [];
  const log = (): void => undefined;
  const live: Connection[] = [];
  const table = openTable({
    self: "me" as PeerId,
    limits: { ...DEFAULT_HOST_LIMITS, maxNewPerIp: 100, ...limits },
    bans: openBans(directory(), Date.now, log),
    points: openPoints(() => performance.now()),
    log,
    isNamed: (id) => id.startsWith("named"),
    connections: (id) => live.filter(({ remotePeer }) => id === undefined || remotePeer.toString() === id),
  });
  return {
    table,
    aborted,
    arrive(host, id) {
      const remoteAddr = multiaddr(`/${host.includes(":") ? "ip6" : "ip4"}/${host}/tcp/${ports++}`);
      let closed = (): void => undefined;
      const abort = (): void => {
        aborted.push(id);
        closed();
      };
      const socket = {
        remoteAddr,
        abort,
        addEventListener: (_event: string, listener: () => void) => (closed = listener),
      } as unknown as MultiaddrConnection;
      if (table.refusesSocket(socket)) return false;
      const connection = {
        remotePeer: { toString: () => id },
        remoteAddr,
        direction: "inbound",
        status: "open",
        abort,
      } as unknown as Connection;
      live.push(connection);
      table.admit(connection, STATUS);
      return true;
    },
  };
}

describe("places for inbound peers", () => {
  it("G50: a network that holds most of the places makes room for others, its youngest first", () => {
    const { table, arrive, aborted } = fake({ maxInbound: 6, maxPerIp: 10 });
    expect(arrive("198.51.100.1", "honest")).toBe(true);
    for (let i = 0; i < 5; i++) expect(arrive("203.0.113.5", `sybil ${i}`)).toBe(true);
    // The same network gets no more.
    expect(arrive("203.0.113.6", "sybil 6")).toBe(false);
    expect(arrive("192.0.2.1", "newcomer")).toBe(true);
    expect(aborted).toEqual(["sybil 4"]);
    const ids = table.all().map(({ peer }) => peer.id as string);
    expect(ids).toContain("honest");
    expect(ids).toContain("newcomer");
    expect(ids.length).toBe(6);
  });

  it("nobody makes room where all networks hold as much, nor does a peer that the operator named", () => {
    const { arrive, aborted } = fake({ maxInbound: 3 });
    expect(["203.0.113.1", "198.51.100.1", "192.0.2.1"].map((host, i) => arrive(host, `peer ${i}`))).toEqual([
      true,
      true,
      true,
    ]);
    expect(arrive("100.1.1.1", "late")).toBe(false);
    const named = fake({ maxInbound: 2 });
    named.arrive("203.0.113.1", "named 1");
    named.arrive("203.0.113.1", "named 2");
    expect(named.arrive("192.0.2.1", "late")).toBe(false);
    expect([...aborted, ...named.aborted]).toEqual([]);
  });

  it("counts an IPv6 customer's whole network as one address", () => {
    const { arrive } = fake({ maxPerIp: 2 });
    expect(arrive("2001:db8:1:2::1", "a")).toBe(true);
    expect(arrive("2001:db8:1:2:ffff::2", "b")).toBe(true);
    expect(arrive("2001:db8:1:2::3", "c")).toBe(false);
    expect(arrive("2001:db8:1:3::3", "d")).toBe(true);
  });

  it("a peer that connects anew replaces its former connection, and is said to have left and joined", () => {
    const { table, arrive, aborted } = fake({});
    const events: string[] = [];
    table.onPeer(({ type, peer }) => events.push(`${type} ${peer.id}`));
    arrive("203.0.113.1", "a");
    arrive("203.0.113.2", "a");
    expect(events).toEqual(["joined a", "left a", "joined a"]);
    expect(aborted).toEqual(["a"]);
    expect(table.all().map(({ peer }) => peer.address.split("/")[2])).toEqual(["203.0.113.2"]);
    expect(table.sourceOf("a" as PeerId)).toBe("ip4:203.0.113.0/24");
  });

  it("an offence bans the address with the peer, and ends all of its connections", () => {
    const { table, arrive, aborted } = fake({});
    arrive("203.0.113.1", OFFENDER);
    arrive("203.0.113.1", "b");
    arrive("203.0.113.2", "c");
    table.penalize(OFFENDER as PeerId, "fatal", "test/offence");
    expect([...new Set(aborted)].sort()).toEqual([OFFENDER, "b"]);
    expect(table.all().map(({ peer }) => peer.id)).toEqual(["c"]);
    expect(arrive("203.0.113.1", "d")).toBe(false);
  });
});
