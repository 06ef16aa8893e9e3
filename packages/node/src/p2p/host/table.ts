import type { Connection, MultiaddrConnection, PeerId as LibPeerId } from "@libp2p/interface";
import type { Log } from "../../log.js";
import { budgetSource, endpointOf, ipSubject, isLocalIp, withoutPeer, type Endpoint } from "./address.js";
import type { BanList, Points } from "./bans.js";
import { BAN_SECONDS, MAX_OFFENDERS } from "./settings.js";
import type { HostLimits, Offence, Peer, PeerEvent, PeerId, Status } from "./types.js";

/** A peer past the handshake, with its connection. */
export interface Member {
  readonly peer: Peer;
  readonly connection: Connection;
  readonly endpoint: Endpoint | undefined;
}

/** Who is connected, who may connect, and what they did. */
export interface PeerTable {
  get(id: PeerId): Member | undefined;
  all(): readonly Member[];
  onPeer(listener: (event: PeerEvent) => void): () => void;
  /** The peer once it is past the handshake; undefined when it is gone or does not get there in time. */
  joined(id: PeerId): Promise<Peer | undefined>;
  /** Takes a connection whose handshake is done; a former one of the same peer ends. */
  admit(connection: Connection, status: Status): Peer;
  update(id: PeerId, status: Status): void;
  closed(connection: Connection): void;
  /** Whether a socket that was just accepted is to be refused: banned, too many, too fast. Counts it otherwise. */
  refusesSocket(socket: MultiaddrConnection): boolean;
  /** Whether an authenticated inbound connection is to be refused: banned, or crossed with a dial of ours that wins. */
  refusesPeer(id: PeerId): boolean;
  bans(id: PeerId, endpoint: Endpoint | undefined): boolean;
  /** Peers that are being connected to, since when (`performance.now()`). */
  readonly dialing: Map<PeerId, number>;
  penalize(id: PeerId, offence: Offence, code: string, connection?: Connection): void;
  /** Ends the connections of a subject that was banned. */
  expel(subject: string): void;
  sourceOf(id: PeerId): string;
  inbound(): number;
}

export interface TableOptions {
  readonly self: PeerId;
  readonly limits: HostLimits;
  readonly bans: BanList;
  readonly points: Points;
  readonly log: Log;
  /** Whether the operator named a peer. */
  readonly isNamed: (id: PeerId) => boolean;
  /** Closed by the table when a peer is expelled, replaced or evicted. */
  readonly connections: (id?: PeerId) => readonly Connection[];
}

/** Milliseconds within which two connections of the same peers count as crossed. */
const CROSSED_MS = 3_000;

/** Milliseconds that a connection has for its handshakes in any case, when places are needed. */
const PENDING_MS = 1_000;

/** Opens an empty table. */
export function openTable(options: TableOptions): PeerTable {
  const { self, limits, bans, points, log } = options;
  const members = new Map<PeerId, Member>();
  const listeners = new Set<(event: PeerEvent) => void>();
  const waiting = new Map<PeerId, Set<(peer: Peer | undefined) => void>>();
  const dialing = new Map<PeerId, number>();
  /** Where peers are or were, for budgets and bans after they left. */
  const known = new Map<PeerId, Endpoint | undefined>();
  /** Open and opening inbound sockets, oldest first. */
  const sockets = new Map<MultiaddrConnection, { readonly subject: string | undefined; readonly since: number }>();
  const fresh = new Map<string, { second: number; count: number }>();

  const emit = (event: PeerEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const remember = (id: PeerId, endpoint: Endpoint | undefined): void => {
    known.delete(id);
    known.set(id, endpoint);
    if (known.size > MAX_OFFENDERS) known.delete(known.keys().next().value as PeerId);
  };
  const wake = (id: PeerId, peer: Peer | undefined): void => {
    for (const resolve of waiting.get(id) ?? []) resolve(peer);
    waiting.delete(id);
  };
  const leave = (member: Member): void => {
    members.delete(member.peer.id);
    emit({ type: "left", peer: member.peer });
  };
  /** The subject that stands for an endpoint's IP address in bans; undefined for names and exempt networks. */
  const subjectOf = (endpoint: Endpoint | undefined): string | undefined => {
    if (endpoint?.kind !== "ip4" && endpoint?.kind !== "ip6") return undefined;
    return limits.trustLocal && isLocalIp(endpoint.host) ? undefined : ipSubject(endpoint.host);
  };
  const banned = (id: PeerId, endpoint: Endpoint | undefined): boolean => {
    const subject = subjectOf(endpoint);
    return bans.has(id) || (subject !== undefined && bans.has(subject));
  };
  const inbound = (): readonly Member[] => [...members.values()].filter(({ peer }) => !peer.outbound);

  /** Frees the place of the connection that has been longest about its handshakes, so that silent ones cannot keep others out. */
  const dropPending = (): boolean => {
    const joined = new Set([...members.values()].map(({ peer }) => peer.address));
    for (const [socket, { since }] of sockets) {
      if (performance.now() - since < PENDING_MS) return false;
      if (joined.has(withoutPeer(socket.remoteAddr))) continue;
      sockets.delete(socket);
      socket.abort(new Error("A place was needed."));
      return true;
    }
    return false;
  };

  /** Frees a place for a newcomer: the youngest inbound peer of the network that holds most, if that holds more than the newcomer's. */
  const makeRoom = (newcomer: string): boolean => {
    const groups = new Map<string, Member[]>();
    for (const member of inbound()) {
      const source = budgetSource(member.endpoint, "" as PeerId);
      groups.set(source, [...(groups.get(source) ?? []), member]);
    }
    const largest = [...groups.values()].sort((a, b) => b.length - a.length)[0];
    if (!largest || largest.length <= (groups.get(newcomer)?.length ?? 0) + 1) return false;
    const youngest = largest.reduce((a, b) => (a.peer.since > b.peer.since ? a : b));
    youngest.connection.abort(new Error("A place was needed."));
    leave(youngest);
    return true;
  };

  const table: PeerTable = {
    dialing,
    get: (id) => members.get(id),
    all: () => [...members.values()],
    inbound: () => inbound().length,
    onPeer(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    joined(id) {
      const member = members.get(id);
      if (member) return Promise.resolve(member.peer);
      return new Promise((resolve) => {
        const done = (peer: Peer | undefined): void => {
          clearTimeout(timer);
          resolve(peer);
        };
        const timer = setTimeout(() => {
          waiting.get(id)?.delete(done);
          if (waiting.get(id)?.size === 0) waiting.delete(id);
          done(undefined);
        }, limits.handshakeMs);
        const set = waiting.get(id) ?? new Set();
        waiting.set(id, set.add(done));
      });
    },
    admit(connection, status) {
      const id = connection.remotePeer.toString() as PeerId;
      const endpoint = endpointOf(connection.remoteAddr);
      const former = members.get(id);
      if (former && former.connection !== connection) {
        leave(former);
        former.connection.abort(new Error("The peer connected anew."));
      }
      const peer: Peer = {
        id,
        outbound: connection.direction === "outbound" || options.isNamed(id),
        address: withoutPeer(connection.remoteAddr),
        since: performance.now(),
        status,
      };
      members.set(id, { peer, connection, endpoint });
      remember(id, endpoint);
      wake(id, peer);
      emit({ type: "joined", peer });
      return peer;
    },
    update(id, status) {
      const member = members.get(id);
      if (member) members.set(id, { ...member, peer: { ...member.peer, status } });
    },
    closed(connection) {
      const id = connection.remotePeer.toString() as PeerId;
      const member = members.get(id);
      if (member?.connection === connection) leave(member);
      if (options.connections(id).every(({ status }) => status !== "open")) wake(id, undefined);
    },
    refusesSocket(socket) {
      const endpoint = endpointOf(socket.remoteAddr);
      const subject = subjectOf(endpoint);
      if (subject !== undefined) {
        if (bans.has(subject)) return true;
        const second = Math.floor(performance.now() / 1000);
        const rate = fresh.get(subject);
        const count = rate?.second === second ? rate.count + 1 : 1;
        fresh.set(subject, { second, count });
        if (fresh.size > MAX_OFFENDERS) fresh.delete(fresh.keys().next().value ?? "");
        if (count > limits.maxNewPerIp) return true;
        if ([...sockets.values()].filter((other) => other.subject === subject).length >= limits.maxPerIp) return true;
      }
      if (sockets.size >= limits.maxInbound && !dropPending() && !makeRoom(budgetSource(endpoint, "" as PeerId)))
        return true;
      sockets.set(socket, { subject, since: performance.now() });
      socket.addEventListener("close", () => sockets.delete(socket), { once: true });
      return false;
    },
    refusesPeer(id) {
      if (bans.has(id)) return true;
      const member = members.get(id);
      const since = dialing.get(id) ?? (member?.connection.direction === "outbound" ? member.peer.since : undefined);
      return since !== undefined && performance.now() - since < CROSSED_MS && self < id;
    },
    bans: banned,
    penalize(id, offence, code, connection) {
      if (!known.has(id) && !connection) return;
      const endpoint = known.get(id) ?? (connection && endpointOf(connection.remoteAddr));
      const subject = subjectOf(endpoint);
      log({
        level: "debug",
        event: "p2p/offence",
        message: "A peer broke a rule.",
        values: { peer: id, offence, code },
      });
      const out = points.add(id, offence);
      const outIp = subject !== undefined && points.add(subject, offence);
      if (outIp) bans.add(subject, BAN_SECONDS, code);
      if (!out && !outIp) return;
      bans.add(id, BAN_SECONDS, code);
      log({
        level: "info",
        event: "p2p/banned",
        message: "A peer was banned.",
        values: { peer: id, code, seconds: BAN_SECONDS },
      });
      table.expel(id);
      if (outIp) table.expel(subject);
    },
    expel(subject) {
      for (const connection of options.connections()) {
        const id = connection.remotePeer.toString();
        if (id !== subject && subjectOf(endpointOf(connection.remoteAddr)) !== subject) continue;
        connection.abort(new Error("Banned."));
        table.closed(connection);
      }
    },
    sourceOf: (id) => budgetSource(members.get(id)?.endpoint ?? known.get(id), id),
  };
  return table;
}

/** A peer id as the rest of the host writes it. */
export function idOf(peer: LibPeerId): PeerId {
  return peer.toString() as PeerId;
}
