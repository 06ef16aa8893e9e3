import "./polyfill.js";
import type { GossipSub, GossipSubComponents } from "@libp2p/gossipsub";
import { serviceCapabilities } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { createLibp2p, type Libp2p } from "libp2p";
import { endpointOf } from "./address.js";
import type { Identity } from "./identity.js";
import { MAX_STREAMS, REQUEST_MS, STREAM_WINDOW_BYTES } from "./settings.js";
import { listenOnly, socksTransport } from "./socks.js";
import { idOf, type PeerTable } from "./table.js";
import type { HostLimits, PeerHostOptions, PeerId } from "./types.js";

/** The libp2p node: gossip is its only service. */
export type LibNode = Libp2p<{ gossip: GossipSub; handshake: object }>;

/**
 * Makes a libp2p node of TCP (or a SOCKS5 proxy), noise and yamux, not started. It speaks neither identify nor ping nor any discovery: what
 * it is and where it listens is told by this project's own protocols only.
 */
export async function createNode(
  { listen, socks }: PeerHostOptions,
  identity: Identity,
  table: PeerTable,
  limits: HostLimits,
  gossip: (components: GossipSubComponents) => GossipSub,
): Promise<LibNode> {
  // Random for each run, so that a proxy cannot tell two runs of one node by them.
  const run = crypto.randomUUID();
  return createLibp2p({
    start: false,
    privateKey: identity.key,
    nodeInfo: { name: "sero", version: "1", userAgent: "sero" },
    addresses: { listen: [...listen] },
    transports: socks
      ? [
          socksTransport({ proxy: socks, credentials: (target) => ({ userId: `sero-${run}`, password: target }) }),
          ...(listen.length > 0 ? [listenOnly(tcp())] : []),
        ]
      : [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: MAX_STREAMS,
        streamOptions: {
          initialStreamWindowSize: STREAM_WINDOW_BYTES,
          maxStreamWindowSize: STREAM_WINDOW_BYTES,
          maxReadBufferLength: 2 * STREAM_WINDOW_BYTES,
        },
      }),
    ],
    services: {
      gossip,
      // gossipsub asks for an identify service: this project's handshake stands for it and tells gossipsub of peers itself.
      handshake: () => ({ [serviceCapabilities]: ["@libp2p/identify"] }),
    },
    connectionMonitor: { enabled: false },
    connectionManager: {
      // The table counts; libp2p must not choose whom to drop.
      maxConnections: 4 * (limits.maxInbound + limits.maxOutbound) + 64,
      maxIncomingPendingConnections: Math.max(16, limits.maxInbound),
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER,
      inboundUpgradeTimeout: limits.handshakeMs,
      inboundStreamProtocolNegotiationTimeout: REQUEST_MS,
      outboundStreamProtocolNegotiationTimeout: REQUEST_MS,
      // Given with each dial.
      dialTimeout: 120_000,
      addressDialTimeout: 120_000,
      reconnectRetries: 0,
      resolvers: {},
    },
    connectionGater: {
      denyInboundConnection: (socket) => table.refusesSocket(socket),
      denyInboundEncryptedConnection: (id) => table.refusesPeer(idOf(id)),
      denyDialMultiaddr: (address) => {
        const endpoint = endpointOf(address);
        return endpoint === undefined || table.bans(endpoint.id ?? ("" as PeerId), endpoint);
      },
    },
  });
}
