import "../../../src/p2p/host/polyfill.js";
import type { Connection, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { hexDigits } from "@sero/protocol";
import { createLibp2p, type Libp2p } from "libp2p";
import { encodeFrame, readFrames } from "../../../src/p2p/host/framing.js";
import { encodeStatus } from "../../../src/p2p/host/messages.js";
import type { PeerHost, Status } from "../../../src/p2p/host/types.js";
import { addressOf, cleanup, FORK_ID, GENESIS } from "./hosts.js";

export const PREFIX = `/sero/${hexDigits(GENESIS.subarray(0, 4))}/`;

export const STATUS: Status = {
  genesisHash: GENESIS,
  chainId: 1337n,
  headNumber: 1n,
  headHash: new Uint8Array(32),
  oldestBody: 0n,
  forkId: FORK_ID,
};

/** A libp2p node that follows no rules but libp2p's. */
export interface Hostile {
  readonly libp2p: Libp2p;
  readonly id: string;
  /** Connects without a word. */
  connect(to: PeerHost): Promise<Connection>;
  /** Connects and shakes hands as a node of the chain does, or with another status. */
  join(to: PeerHost, status?: Uint8Array): Promise<Connection>;
  /** Opens a stream of one of the chain's protocols. */
  open(connection: Connection, protocol: string): Promise<Stream>;
  /** Its address, when it listens. */
  address(): string;
}

/** Starts a hostile peer. With `listens` it answers status as a node does, so that it can be dialled. */
export async function hostile(listens = false): Promise<Hostile> {
  const libp2p = await createLibp2p({
    addresses: { listen: listens ? ["/ip4/127.0.0.1/tcp/0"] : [] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxOutboundStreams: 10_000 })],
    connectionMonitor: { enabled: false },
  });
  cleanup(() => libp2p.stop());
  if (listens) await libp2p.handle(`${PREFIX}status/1`, (stream) => answerStatus(stream));
  const self: Hostile = {
    libp2p,
    id: libp2p.peerId.toString(),
    connect: (to) => libp2p.dial(multiaddr(addressOf(to))),
    async join(to, status = encodeStatus(STATUS)) {
      const connection = await self.connect(to);
      const stream = await self.open(connection, "status/1");
      stream.send(encodeFrame(status));
      await readFrames(stream, 1_000)
        .next({ frameMs: 5_000, beginMs: 5_000 })
        .catch(() => undefined);
      return connection;
    },
    open: (connection, protocol) => connection.newStream(PREFIX + protocol, { maxOutboundStreams: 10_000 }),
    address: () => libp2p.getMultiaddrs()[0]?.toString() ?? "",
  };
  return self;
}

async function answerStatus(stream: Stream): Promise<void> {
  await readFrames(stream, 1_000).next({ frameMs: 5_000, beginMs: 5_000 });
  stream.send(encodeFrame(encodeStatus(STATUS)));
  await stream.close();
}
