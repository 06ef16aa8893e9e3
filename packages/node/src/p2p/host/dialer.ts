import { lookup } from "node:dns/promises";
import type { Connection } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { SeroError } from "@sero/protocol";
import { isLocalIp, multiaddrOf, spreadGroup, type Endpoint } from "./address.js";
import type { AddressBook, Entry } from "./book.js";
import { isOfAnother, type Handshake } from "./handshake.js";
import type { PeerTable } from "./table.js";
import type { HostLimits, PeerId } from "./types.js";

/** Milliseconds between looks whether more outbound peers are wanted. */
const LOOK_MS = 250;

/** Milliseconds for connecting: a circuit of Tor to an onion service takes long. */
const DIAL_MS = 15_000;
const DIAL_PROXIED_MS = 60_000;

/** Dials under way at a time. */
const MAX_DIALS = 4;

/** Opens connections, and keeps as many open as wanted. */
export interface Dialer {
  /** @throws SeroError `p2p/banned`, `p2p/dial`, `p2p/other-chain`, `p2p/other-rules` */
  dial(target: Endpoint & { readonly id: PeerId }): Promise<PeerId>;
  close(): void;
}

export interface DialerOptions {
  readonly self: PeerId;
  readonly table: PeerTable;
  readonly book: AddressBook;
  readonly handshakes: (connection: Connection) => ReturnType<Handshake["greet"]>;
  readonly connect: (address: Multiaddr, signal: AbortSignal) => Promise<Connection>;
  readonly limits: HostLimits;
  readonly proxied: boolean;
  readonly random: () => number;
  readonly clock: () => number;
}

/** Starts to keep outbound connections. */
export function openDialer(options: DialerOptions): Dialer {
  const { self, table, book, limits, proxied, random, clock } = options;
  const controller = new AbortController();
  /** Peers that are being dialled, with their networks. */
  const groups = new Map<PeerId, string>();
  /** Peers that this node reached, by the book's address they were reached at. */
  const reached = new Map<PeerId, Entry["address"]>();

  /** Networks of outbound peers, and of those that are being dialled, but for one. */
  const takenGroups = (except?: PeerId): Set<string> => {
    const outbound = table.all().filter(({ peer }) => peer.outbound);
    const taken = new Set(outbound.flatMap(({ endpoint }) => (endpoint ? [spreadGroup(endpoint)] : [])));
    for (const [id, group] of groups) if (id !== except) taken.add(group);
    return taken;
  };

  const connect = async (target: Endpoint & { readonly id: PeerId }): Promise<void> => {
    const timeout = AbortSignal.timeout(proxied ? DIAL_PROXIED_MS : DIAL_MS);
    const signal = AbortSignal.any([timeout, controller.signal]);
    const failures: unknown[] = [];
    for (const endpoint of proxied ? [target] : await resolve(target)) {
      // A name that somebody else told must not lead into this node's own network, nor many names to one.
      if (target.kind === "name" && !proxied && isLocalIp(endpoint.host) && !book.isFixed(target.id)) continue;
      if (target.kind === "name" && !proxied && !book.isFixed(target.id)) {
        const group = spreadGroup(endpoint);
        if (!isLocalIp(endpoint.host) && takenGroups(target.id).has(group)) continue;
        groups.set(target.id, group);
      }
      if (table.bans(target.id, endpoint))
        throw new SeroError("p2p/banned", "This peer is banned.", { peer: target.id });
      try {
        table.dialing.set(target.id, performance.now());
        const connection = await options.connect(multiaddrOf({ ...endpoint, id: target.id }), signal);
        await options.handshakes(connection);
        return;
      } catch (error) {
        if (isOfAnother(error)) throw error;
        failures.push(error);
      } finally {
        table.dialing.delete(target.id);
      }
    }
    // The peer may have dialled this node at the same moment, and its connection was the one that stayed.
    if (await joinedSoon(table, target.id)) return;
    const [first] = failures;
    throw new SeroError(
      "p2p/dial",
      "The peer could not be reached. Check that it runs and takes connections at this address.",
      { peer: target.id, reason: first instanceof Error ? first.message : "its name has no address" },
      { cause: first },
    );
  };

  const dial = async (target: Endpoint & { readonly id: PeerId }): Promise<PeerId> => {
    const { id } = target;
    if (id === self) throw new SeroError("p2p/dial", "This is the node's own address.", { peer: id });
    if (table.bans(id, undefined)) throw new SeroError("p2p/banned", "This peer is banned.", { peer: id });
    const address = multiaddrOf(target).toString();
    if (!table.get(id)) {
      groups.set(id, spreadGroup(target));
      try {
        await connect(target);
      } catch (error) {
        book.failed(address);
        throw error;
      } finally {
        groups.delete(id);
      }
    }
    if (table.get(id)?.connection.direction === "outbound") {
      reached.set(id, address);
      book.succeeded(address);
    }
    return id;
  };

  const stop = table.onPeer(({ type, peer }) => {
    const address = reached.get(peer.id);
    if (type !== "left" || address === undefined) return;
    reached.delete(peer.id);
    book.ended(address);
  });

  /** An address to try: one of the operator's first, else half of the time one that worked before. */
  const candidate = (): Entry | undefined => {
    const taken = takenGroups();
    const open = book.entries().filter(({ endpoint, notBefore, fixed }) => {
      const { id, kind, host } = endpoint;
      if (id === self || notBefore > clock() || table.get(id) || groups.has(id)) return false;
      if ((kind === "onion" && !proxied) || table.bans(id, endpoint)) return false;
      const exempt = fixed || (limits.trustLocal && isLocalIp(host));
      return exempt || !taken.has(spreadGroup(endpoint));
    });
    const pick = (list: readonly Entry[]): Entry | undefined => list[Math.floor(random() * list.length)];
    const fixed = pick(open.filter((entry) => entry.fixed));
    if (fixed) return fixed;
    const tried = open.filter(({ succeeded }) => succeeded > 0);
    const untried = open.filter(({ succeeded }) => succeeded === 0);
    return random() < 0.5 ? (pick(tried) ?? pick(untried)) : (pick(untried) ?? pick(tried));
  };

  const look = (): void => {
    const outbound = table.all().filter(({ peer }) => peer.outbound).length;
    const wanted = Math.min(limits.maxOutbound - outbound, MAX_DIALS) - groups.size;
    for (let i = 0; i < wanted; i++) {
      const entry = candidate();
      if (!entry) return;
      // The book notes what came of it.
      void dial(entry.endpoint).catch(() => undefined);
    }
  };
  const timer = setInterval(look, LOOK_MS).unref();
  setImmediate(look);

  return {
    dial,
    close() {
      clearInterval(timer);
      controller.abort();
      stop();
    },
  };
}

/** The IP addresses of a host name; an address itself stands for itself. */
async function resolve(target: Endpoint): Promise<readonly Endpoint[]> {
  if (target.kind !== "name") return [target];
  try {
    const found = await lookup(target.host, { all: true });
    return found
      .slice(0, 4)
      .map(({ address, family }) => ({ ...target, kind: family === 6 ? "ip6" : "ip4", host: address }));
  } catch {
    return [];
  }
}

/** Whether the peer comes past the handshake within a second by another connection. */
async function joinedSoon(table: PeerTable, id: PeerId): Promise<boolean> {
  for (let i = 0; i < 10 && !table.get(id); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  return table.get(id) !== undefined;
}
