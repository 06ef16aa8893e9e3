import type { Brand, ForkId } from "@sero/protocol";
import type { Log } from "../../log.js";

/** A peer's public identity: its libp2p peer id in base58btc ("12D3Koo..."). Says nothing of where it is. */
export type PeerId = Brand<string, "PeerId">;

/** What nodes tell each other right after connecting, and when asked again. */
export interface Status {
  readonly genesisHash: Uint8Array;
  readonly chainId: bigint;
  readonly headNumber: bigint;
  readonly headHash: Uint8Array;
  /** The lowest block whose body this node can give; 0 when it keeps all. */
  readonly oldestBody: bigint;
  /** The schedule of its rules, as far as its head has come. */
  readonly forkId: ForkId;
}

/** A peer that is connected and of the same chain. */
export interface Peer {
  readonly id: PeerId;
  /**
   * This node chose it: it dialled it, or its operator named it (and the connection that stayed is the other's). An attacker can't put
   * himself among these.
   */
  readonly outbound: boolean;
  /** Its multiaddr as this node sees it, without the peer id. Of an inbound peer the port is not one that it listens on. */
  readonly address: string;
  /** When the handshake was done: `performance.now()`, milliseconds. */
  readonly since: number;
  /** The newest status it told. */
  readonly status: Status;
}

/** A peer came past the handshake, or went. */
export interface PeerEvent {
  readonly type: "joined" | "left";
  readonly peer: Peer;
}

/**
 * How bad something was that a peer did. Points decay by half every ten minutes; 100 are a ban.
 * - minor (5): may happen to an honest peer now and then: stale data, an answer that came late
 * - major (34): costs this node work: a false proof, a malformed transaction, a false block; the third is a ban
 * - fatal (100): no honest node does it: another chain, broken framing, more than was allowed
 */
export type Offence = "minor" | "major" | "fatal";

/** A verdict on a gossiped message: passed on, dropped without blame, or dropped with blame. */
export type Verdict = "accept" | "ignore" | "reject";

export interface RequestOptions {
  /** Largest frame of the answer, in bytes. A larger one ends the request and costs the peer points. */
  readonly maxFrameBytes: number;
  /** Milliseconds for each frame, the first counted from the call. */
  readonly timeoutMs: number;
  /** Ends the request; nobody is blamed. */
  readonly signal?: AbortSignal;
}

export interface AnswerLimits {
  readonly maxRequestBytes: number;
  /** Requests of one peer under way at a time; more are refused. */
  readonly perPeer: number;
  /** Requests of one peer a minute; more are refused and cost it points. */
  readonly perMinute: number;
}

export interface ReceiveLimits {
  readonly maxBytes: number;
  /** Messages of one peer a minute (a bucket of that size, refilled evenly); more are dropped and cost it points. */
  readonly perMinute: number;
}

export interface TopicOptions {
  readonly maxBytes: number;
  /** Called once a message (by content), whoever sends it first. `reject` costs `from` points. A throw counts as `ignore`. */
  readonly validate: (message: Uint8Array, from: Peer) => Promise<Verdict>;
}

export interface Topic {
  /**
   * Gives a message to some of the peers of the topic's mesh. It is not handed to `validate` here.
   *
   * @returns how many peers it went to; 0 also when it was published before
   */
  publish(message: Uint8Array): Promise<number>;
}

/** A peer id or an address that may not connect. */
export interface Ban {
  /** A peer id, or an IP address (v4), or an IPv6 /64 as "2001:db8:0:1::/64". */
  readonly subject: string;
  readonly code: string;
  /** Unix time in seconds. */
  readonly until: number;
}

/**
 * All that the rest of the node knows of peer-to-peer. Names of protocols and topics are given without the chain's prefix ("stem/1",
 * "transactions/1"): the host adds `/sero/<first 8 hex digits of the genesis hash>/`, so nodes of other chains never negotiate them.
 * Protocols are registered right after `openPeerHost`, in the same turn of the event loop, or peers may find them missing.
 */
export interface PeerHost {
  readonly id: PeerId;
  /** Multiaddrs with /p2p/ that others are told; [] when nothing is announced. */
  addresses(): readonly string[];
  /** Whether it takes connections. */
  listening(): boolean;
  /** Connected and past the handshake. */
  peers(): readonly Peer[];
  /** @returns a function that ends it */
  onPeer(listener: (event: PeerEvent) => void): () => void;
  /** Asks a peer for its status again. @throws SeroError as `request` does */
  refresh(peer: PeerId): Promise<Status>;
  /**
   * One request, an answer of any number of frames. Stop reading (return from the loop) to end it. Broken framing and frames above the cap
   * are penalised here; what is in the frames is the caller's to judge.
   *
   * @throws SeroError `p2p/gone` (not connected), `p2p/refused` (does not speak the protocol), `p2p/timeout`,
   *   `p2p/too-large`, `p2p/broken` (reset, for instance since it was asked too often, or cut off within a frame), `p2p/aborted` (by `signal`)
   */
  request(peer: PeerId, protocol: string, request: Uint8Array, options: RequestOptions): AsyncIterable<Uint8Array>;
  /**
   * Answers requests. A handler that throws resets the stream, and the asker learns nothing else. Frames are written no faster than the
   * peer reads; one that takes nothing for `frameMs` is cut off and `signal` aborts.
   */
  answer(
    protocol: string,
    limits: AnswerLimits,
    handler: (request: Uint8Array, peer: Peer, signal: AbortSignal) => AsyncIterable<Uint8Array>,
  ): void;
  /**
   * One-way message; resolves when written. Nothing comes back, so nothing is told.
   *
   * @throws SeroError `p2p/gone`, `p2p/refused`, `p2p/timeout`, `p2p/broken`
   */
  send(peer: PeerId, protocol: string, message: Uint8Array): Promise<void>;
  /** Takes one-way messages. The handler returns at once. */
  receive(protocol: string, limits: ReceiveLimits, handler: (message: Uint8Array, peer: Peer) => void): void;
  /** Joins a gossip topic. Once for each name. */
  topic(name: string, options: TopicOptions): Topic;
  /** Notes an offence; 100 points disconnect and ban the peer and its address. Unknown peers are passed over. */
  penalize(peer: PeerId, offence: Offence, code: string): void;
  /** Penalty points of a peer now; 0 for one that behaved or is unknown. */
  points(peer: PeerId): number;
  /**
   * Groups peers for budgets: "ip4:203.0.113.0/24", "ip6:2001:db8:1::/48", a name for one reached by a name; loopback and private networks
   * (onion services and tests come from there) by peer id. The same string for as long as the peer is connected, and for a while after.
   */
  sourceOf(peer: PeerId): string;
  /**
   * Connects to a multiaddr with /p2p/ and shakes hands. Kept on as an outbound peer.
   *
   * @throws SeroError `p2p/address`, `p2p/banned`, `p2p/dial`, `p2p/other-chain`, `p2p/other-rules`
   */
  dial(multiaddr: string): Promise<PeerId>;
  /** Bans a peer id, an IP address or an IPv6 /64. @throws SeroError `p2p/ban-subject` */
  ban(subject: string, seconds: number, code: string): void;
  /** @returns whether it was banned */
  unban(subject: string): boolean;
  bans(): readonly Ban[];
  /** Says goodbye to everybody and writes the address book. A second call waits for the first. */
  close(): Promise<void>;
}

/** Bounds of a host. */
export interface HostLimits {
  readonly maxInbound: number;
  /** Connections that the host opens and keeps by itself; bootstrap peers and `dial` count. */
  readonly maxOutbound: number;
  /** Inbound connections from one IPv4 address or IPv6 /64. */
  readonly maxPerIp: number;
  /** New inbound connections a second from one IP address. */
  readonly maxNewPerIp: number;
  /** Addresses remembered. */
  readonly maxAddresses: number;
  /** Milliseconds for the status handshake after connecting. */
  readonly handshakeMs: number;
  /** Milliseconds in which a frame that was begun must be complete, and in which a peer must take what it is sent. */
  readonly frameMs: number;
  /** Milliseconds until a lost peer is dialled again for the first time; doubles up to ten minutes. */
  readonly redialMs: number;
  /** Whether loopback and private networks are exempt from `maxPerIp`, from the spread of outbound peers over /16s, and from bans by IP. */
  readonly trustLocal: boolean;
}

export interface PeerHostOptions {
  /** Holds peer.key, peers.json and bans.json; peer-onion.key and peers-onion.json behind a proxy. */
  readonly dataDir: string;
  readonly genesisHash: Uint8Array;
  readonly chainId: bigint;
  /** Multiaddrs to listen on, e.g. "/ip4/0.0.0.0/tcp/30303"; [] takes no connections. With `socks` only loopback is allowed. */
  readonly listen: readonly string[];
  /** What others are told instead of what is listened on. With `socks` only /onion3 is allowed, and nothing is told unless given. */
  readonly announce?: readonly string[];
  /** Multiaddrs with /p2p/ of peers to begin with. */
  readonly bootstrap: readonly string[];
  /** Everything goes out through this proxy (Tor); see docs/p2p.md. */
  readonly socks?: { readonly host: string; readonly port: number };
  readonly limits?: Partial<HostLimits>;
  /** Told to peers; called often. */
  readonly status: () => Omit<Status, "genesisHash" | "chainId">;
  /** Whether a peer with this fork id can be of this node's chain now. */
  readonly accepts: (forkId: ForkId) => boolean;
  readonly log?: Log;
  /** Unix time in milliseconds, for bans and the address book. */
  readonly now?: () => number;
}
