import "./polyfill.js";
import { randomInt } from "node:crypto";
import type { Connection } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { hexDigits, SeroError } from "@sero/protocol";
import { silent } from "../../log.js";
import { parseDialable } from "./address.js";
import { banSubject, openBans, openPoints } from "./bans.js";
import { BOOK_FILE, openBook, PROXIED_BOOK_FILE } from "./book.js";
import { openDialer } from "./dialer.js";
import { openExchange } from "./exchange.js";
import { openGossip } from "./gossip.js";
import { openHandshake } from "./handshake.js";
import { identityFor } from "./identity.js";
import { createNode } from "./libnode.js";
import { checkAddresses, ownAddresses } from "./own-addresses.js";
import { DEFAULT_HOST_LIMITS, REFRESH_MS } from "./settings.js";
import { openStreams } from "./streams.js";
import { idOf, openTable, type Member, type PeerTable } from "./table.js";
import type { HostLimits, PeerHost, PeerHostOptions, PeerId, Status } from "./types.js";

/** Questions for its status in a row that a peer may leave open. */
const MAX_SILENT = 2;

/**
 * Joins the peer-to-peer network.
 *
 * @throws SeroError `p2p/identity`, `p2p/address` (a bootstrap address), `p2p/listen`, `p2p/tor-listen`, `p2p/tor-announce`
 */
export async function openPeerHost(options: PeerHostOptions): Promise<PeerHost> {
  const { dataDir, genesisHash, chainId, socks, log = silent, now = Date.now } = options;
  const limits: HostLimits = { ...DEFAULT_HOST_LIMITS, ...options.limits };
  const clock = (): number => performance.now();
  // Unforeseeable: what is told of the book must not show which peers are chosen next.
  const random = (): number => randomInt(2 ** 47) / 2 ** 47;
  checkAddresses(options);
  const bootstrap = options.bootstrap.map(parseDialable);
  const identity = await identityFor(options);
  const self = identity.id;
  const chain = hexDigits(genesisHash.subarray(0, 4));
  const prefix = `/sero/${chain}/`;
  const own = (): Status => ({ genesisHash, chainId, ...options.status() });

  const bans = openBans(dataDir, now, log);
  const points = openPoints(clock);
  const book = openBook({
    dataDir,
    file: socks ? PROXIED_BOOK_FILE : BOOK_FILE,
    max: limits.maxAddresses,
    redialMs: limits.redialMs,
    now,
    clock,
    random,
    log,
  });
  for (const endpoint of bootstrap) book.add(endpoint, { from: "operator", fixed: true });

  const connections = (id?: PeerId): readonly Connection[] =>
    libp2p.getConnections().filter(({ remotePeer }) => id === undefined || idOf(remotePeer) === id);
  const table = openTable({ self, limits, bans, points, log, connections, isNamed: (id) => book.isFixed(id) });
  const gossip = openGossip(prefix.slice(1), {
    joined: (id) => table.joined(id),
    get: (id) => table.get(id)?.peer,
    points: (id) => points.of(id),
    penalize: (id, offence, code) => table.penalize(id, offence, code),
  });
  const handshake = openHandshake({
    protocol: `${prefix}status/1`,
    table,
    own,
    accepts: options.accepts,
    handshakeMs: limits.handshakeMs,
    log,
  });
  const greetings = new WeakMap<Connection, ReturnType<typeof handshake.greet>>();

  const libp2p = await createNode(options, identity, table, limits, gossip.service);
  libp2p.addEventListener("connection:open", ({ detail: connection }) => {
    if (connection.direction === "inbound") return handshake.expect(connection);
    const greeting = handshake.greet(connection);
    greeting.catch(() => undefined);
    greetings.set(connection, greeting);
  });
  libp2p.addEventListener("connection:close", ({ detail: connection }) => {
    table.closed(connection);
    const id = connection.remotePeer;
    // libp2p would remember every peer that ever connected.
    if (connections(idOf(id)).length === 0) void libp2p.peerStore.delete(id).catch(() => undefined);
  });
  const streams = openStreams({ prefix, table, frameMs: limits.frameMs, handle: (...args) => libp2p.handle(...args) });
  await libp2p.handle(`${prefix}status/1`, (stream, connection) => handshake.answer(stream, connection), {
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
  });
  const mine = ownAddresses(options, self, () => libp2p.getMultiaddrs());
  const exchange = openExchange({
    self,
    table,
    streams,
    book,
    own: mine.told,
    proxied: socks !== undefined,
    penalize: (id, code) => table.penalize(id, "minor", code),
    random,
    clock,
  });
  table.onPeer(({ type, peer }) => {
    const connection = table.get(peer.id)?.connection;
    log({
      level: "debug",
      event: type === "joined" ? "p2p/joined" : "p2p/left",
      message: type === "joined" ? "A peer connected." : "A peer left.",
      values: { peer: peer.id, outbound: peer.outbound, peers: table.all().length },
    });
    if (type === "left") {
      streams.forget(peer.id);
      gossip.leave(peerIdFromString(peer.id));
    } else if (connection) {
      gossip.enter(connection);
      if (peer.outbound) void exchange.ask(peer);
    }
  });
  try {
    await libp2p.start();
  } catch (cause) {
    await libp2p.stop();
    throw new SeroError(
      "p2p/listen",
      "The peer-to-peer port could not be opened. Another program may use it; choose another address to listen on.",
      { listen: options.listen.join(" ") },
      { cause },
    );
  }
  const dialer = openDialer({
    self,
    table,
    book,
    handshakes: (connection) => greetings.get(connection) ?? handshake.greet(connection),
    connect: (address, signal) => libp2p.dial(address, { signal }),
    limits,
    proxied: socks !== undefined,
    random,
    clock,
  });
  const refreshing = keepFresh(table, (id) => handshake.refresh(id));

  const close = async (): Promise<void> => {
    clearInterval(refreshing);
    dialer.close();
    book.close();
    for (const { peer } of table.all()) streams.forget(peer.id);
    await libp2p.stop();
  };
  let closing: Promise<void> | undefined;
  return {
    id: self,
    addresses: mine.shown,
    listening: () => options.listen.length > 0 && closing === undefined,
    peers: () => table.all().map(({ peer }) => peer),
    onPeer: (listener) => table.onPeer(listener),
    refresh: (id) => handshake.refresh(id),
    request: (...args) => streams.request(...args),
    answer: (...args) => streams.answer(...args),
    send: (...args) => streams.send(...args),
    receive: (...args) => streams.receive(...args),
    topic: (name, topicOptions) => gossip.topic(name, topicOptions),
    penalize: (id, offence, code) => table.penalize(id, offence, code),
    points: (id) => points.of(id),
    sourceOf: (id) => table.sourceOf(id),
    async dial(address) {
      const endpoint = parseDialable(address);
      book.add(endpoint, { from: "operator", fixed: true });
      return dialer.dial(endpoint);
    },
    ban(subject, seconds, code) {
      bans.add(subject, seconds, code);
      table.expel(banSubject(subject));
    },
    unban: (subject) => bans.remove(subject),
    bans: () => bans.list(),
    close: () => (closing ??= close()),
  };
}

/** Asks the peers that this node dialled for their status again and again; one that does not answer twice in a row is let go. */
function keepFresh(table: PeerTable, refresh: (id: PeerId) => Promise<Status>): NodeJS.Timeout {
  const failures = new Map<PeerId, number>();
  const ask = async ({ peer, connection }: Member): Promise<void> => {
    try {
      await refresh(peer.id);
      failures.delete(peer.id);
    } catch {
      const count = (failures.get(peer.id) ?? 0) + 1;
      failures.set(peer.id, count);
      if (count < MAX_SILENT) return;
      failures.delete(peer.id);
      connection.abort(new Error("No answer."));
    }
  };
  const timer = setInterval(() => {
    const outbound = table.all().filter(({ peer }) => peer.outbound);
    for (const id of failures.keys()) if (!table.get(id)) failures.delete(id);
    for (const member of outbound) void ask(member);
  }, REFRESH_MS);
  return timer.unref();
}
