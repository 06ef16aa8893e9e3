import type { Multiaddr } from "@multiformats/multiaddr";
import { endpointOf, isLocalIp, isUnspecified, mappedIp4, multiaddrOf, type Endpoint } from "./address.js";
import type { AddressBook } from "./book.js";
import { decodeAddresses, encodeAddresses, maxAddressesBytes } from "./messages.js";
import { MAX_OWN, MAX_TOLD, TOLD_SAMPLE_MS } from "./settings.js";
import type { Streams } from "./streams.js";
import type { PeerTable } from "./table.js";
import type { Peer, PeerId } from "./types.js";

/** Name of the protocol. */
const PROTOCOL = "addresses/1";

/** Milliseconds for the answer. */
const TIMEOUT_MS = 10_000;

/** Asks peers for addresses and tells some. */
export interface Exchange {
  /** Asks a peer that this node dialled. Failures are passed over: there are other peers. */
  ask(peer: Peer): Promise<void>;
}

export interface ExchangeOptions {
  readonly self: PeerId;
  readonly table: PeerTable;
  readonly streams: Streams;
  readonly book: AddressBook;
  /** What is told of this node: at most eight. An unspecified IP address stands for "where you see me". */
  readonly own: () => readonly Multiaddr[];
  /** Whether everything goes through a proxy: then nothing that comes in is from this machine or its network. */
  readonly proxied: boolean;
  readonly penalize: (id: PeerId, code: string) => void;
  readonly random: () => number;
  readonly clock: () => number;
}

/**
 * Sets the exchange of addresses up. Only the side that dialled asks, so inbound peers cannot fill the book with addresses of their
 * choice; what they say of themselves is one address each.
 */
export function openExchange(options: ExchangeOptions): Exchange {
  const { self, table, streams, book, proxied, random, clock } = options;
  /** Connections that had their answer, by when they began. */
  const answered = new Map<PeerId, number>();
  let sample: { readonly at: number; readonly addresses: readonly Endpoint[] } | undefined;

  const isLocal = (endpoint: Endpoint | undefined): boolean =>
    endpoint !== undefined && (endpoint.kind === "ip4" || endpoint.kind === "ip6") && isLocalIp(endpoint.host);

  const note = (address: Multiaddr, teller: PeerId, own: boolean): void => {
    const endpoint = endpointOf(address);
    const seen = table.get(teller)?.endpoint;
    if (!endpoint?.id || endpoint.id === self || (own && endpoint.id !== teller)) return;
    let { kind, host } = endpoint;
    if (own && isUnspecified(host)) {
      // Behind a proxy or an onion service an inbound address is not the peer's.
      if (!seen || proxied || (seen.kind !== "ip4" && seen.kind !== "ip6")) return;
      const ip4 = seen.kind === "ip6" ? mappedIp4(seen.host) : undefined;
      kind = ip4 ? "ip4" : seen.kind;
      host = ip4 ?? seen.host;
    }
    if (isUnspecified(host) || endpoint.port === 0) return;
    const full = { kind, host, port: endpoint.port, id: endpoint.id };
    // Somebody elsewhere must not make this node connect to its own network.
    if (isLocal(full) && !(isLocal(seen) && !(proxied && !table.get(teller)?.peer.outbound))) return;
    const proven = own && (kind === "onion" || host === seen?.host || host === (seen && mappedIp4(seen.host)));
    book.add(full, { from: own ? `own:${table.sourceOf(teller)}` : table.sourceOf(teller), own: proven });
  };

  /** Random addresses, the same for an hour once there are enough, so that asking again and again does not show the whole book. */
  const told = (asker: PeerId): readonly Multiaddr[] => {
    // Whom this node dialled through its proxy has no need to ask, and would know the node again by what it told it in a former run.
    if (proxied && table.get(asker)?.connection.direction === "outbound") return [];
    if (!sample || sample.addresses.length < MAX_TOLD || clock() - sample.at > TOLD_SAMPLE_MS) {
      const pool = book.tellable().map(({ endpoint }) => endpoint);
      for (let i = pool.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [pool[i], pool[j]] = [pool[j] as (typeof pool)[number], pool[i] as (typeof pool)[number]];
      }
      sample = { at: clock(), addresses: pool.slice(0, MAX_TOLD) };
    }
    const local = isLocal(table.get(asker)?.endpoint);
    return sample.addresses
      .filter((endpoint) => endpoint.id !== asker && (local || !isLocal(endpoint)))
      .map((endpoint) => multiaddrOf(endpoint));
  };

  streams.answer(
    PROTOCOL,
    { maxRequestBytes: maxAddressesBytes(MAX_OWN), perPeer: 1, perMinute: 4 },
    async function* (request, peer) {
      const own = decodeAddresses(request, MAX_OWN);
      if (answered.get(peer.id) === peer.since) {
        options.penalize(peer.id, "p2p/asked-twice");
        return;
      }
      answered.delete(peer.id);
      answered.set(peer.id, peer.since);
      if (answered.size > 1024) answered.delete(answered.keys().next().value as PeerId);
      for (const address of own) note(address, peer.id, true);
      yield encodeAddresses(told(peer.id));
    },
  );

  return {
    async ask({ id }) {
      const request = encodeAddresses(options.own().slice(0, MAX_OWN));
      const limits = { maxFrameBytes: maxAddressesBytes(MAX_TOLD), timeoutMs: TIMEOUT_MS };
      try {
        for await (const frame of streams.request(id, PROTOCOL, request, limits)) {
          for (const address of decodeAddresses(frame, MAX_TOLD)) note(address, id, false);
          return;
        }
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "p2p/malformed") {
          table.penalize(id, "fatal", "p2p/malformed");
        }
      }
    },
  };
}
