import type { HostLimits, Offence } from "./types.js";

/** Bounds unless the operator says otherwise (docs/p2p.md, "Limits"). */
export const DEFAULT_HOST_LIMITS: HostLimits = {
  maxInbound: 64,
  maxOutbound: 8,
  maxPerIp: 4,
  maxNewPerIp: 5,
  maxAddresses: 1024,
  handshakeMs: 10_000,
  frameMs: 30_000,
  redialMs: 5_000,
  trustLocal: true,
};

/** Names of gossip topics that there are. Subscriptions to others are not kept, so peers cannot fill memory with names. */
export const TOPICS: readonly string[] = ["transactions/1"];

/** Points of an offence. */
export const OFFENCE_POINTS: Readonly<Record<Offence, number>> = { minor: 5, major: 34, fatal: 100 };

/** Points at which a peer is banned. */
export const BAN_POINTS = 100;

/** Milliseconds in which points halve. */
export const POINTS_HALF_LIFE_MS = 600_000;

/** Seconds of a ban that the node itself decides. */
export const BAN_SECONDS = 2 * 3600;

/** Subjects (peer ids and addresses) whose points are remembered. */
export const MAX_OFFENDERS = 4096;

/** Bans kept; the ones that end soonest make room. */
export const MAX_BANS = 4096;

/** Milliseconds in which the request of a stream must be complete, and for the negotiation of its protocol. */
export const REQUEST_MS = 10_000;

/** Bytes of gossip that are read from a peer a second on the average, and at once. More waits at the peer. */
export const GOSSIP_BYTES_PER_SECOND = 2 * 1024 * 1024;
export const GOSSIP_BURST_BYTES = 8 * 1024 * 1024;

/** Gossiped messages of one peer whose validation is under way: number and bytes. More waits at the peer. */
export const GOSSIP_PENDING = 512;
export const GOSSIP_PENDING_BYTES = 8 * 1024 * 1024;

/** Bytes of gossip that wait for a peer to take them. More is not given to it. */
export const GOSSIP_UNSENT_BYTES = 2 * 1024 * 1024;

/** Streams that a peer may have open at a time, of all protocols. */
export const MAX_STREAMS = 32;

/** Receive window of a stream: the least that yamux allows, so that a peer can make this node hold 16 MiB at most. */
export const STREAM_WINDOW_BYTES = 256 * 1024;

/** Milliseconds between questions for a peer's status; two that fail in a row disconnect. */
export const REFRESH_MS = 20_000;

/** Addresses in one answer, and addresses that a peer may tell of itself. */
export const MAX_TOLD = 30;
export const MAX_OWN = 8;

/** Milliseconds for which the same random addresses are told to everybody, so that asking often shows no more of them. */
export const TOLD_SAMPLE_MS = 3_600_000;

/** Longest wait between dials of the same address, and of one that the operator gave. */
export const MAX_REDIAL_MS = 600_000;
export const MAX_REDIAL_FIXED_MS = 30_000;
