import {
  gossipsub,
  StrictNoSign,
  TopicValidatorResult,
  type GossipSub,
  type GossipSubComponents,
  type Message,
} from "@libp2p/gossipsub";
import type { Connection, PeerId as LibPeerId, Topology } from "@libp2p/interface";
import { hexDigits, keccak256, SeroError } from "@sero/protocol";
import { openGossipFlow } from "./gossip-flow.js";
import { TOPICS } from "./settings.js";
import type { Offence, Peer, PeerId, Topic, TopicOptions, Verdict } from "./types.js";

/** Bytes of a message's id: the first of keccak256 of its content, so the same message has one id whoever sends it. */
const MESSAGE_ID_BYTES = 20;

/** Score below which gossipsub neither reads from nor gossips to a peer: a peer with half of the points of a ban. */
const GRAYLIST_SCORE = -50;

/** What gossip needs of the host. */
export interface GossipPeers {
  /** The peer, once it is past the handshake; undefined when it never gets there. */
  joined(id: PeerId): Promise<Peer | undefined>;
  get(id: PeerId): Peer | undefined;
  points(id: PeerId): number;
  penalize(id: PeerId, offence: Offence, code: string): void;
}

/** Gossip over libp2p. Peers enter and leave it through the host alone. */
export interface Gossip {
  /** For libp2p's `services`. */
  readonly service: (components: GossipSubComponents) => GossipSub;
  topic(name: string, options: TopicOptions): Topic;
  enter(connection: Connection): void;
  leave(id: LibPeerId): void;
}

/**
 * Sets gossipsub up: no signatures, no sender, no sequence numbers (StrictNoSign), no flood publishing, no peer exchange.
 *
 * @param prefix of topic names, e.g. "sero/0a1b2c3d/"
 */
export function openGossip(prefix: string, peers: GossipPeers): Gossip {
  let router: GossipSub | undefined;
  const topologies = new Set<Topology>();
  const ids = new WeakMap<Uint8Array, Uint8Array>();
  const flow = openGossipFlow();
  const verdicts: Record<Verdict, TopicValidatorResult> = {
    accept: TopicValidatorResult.Accept,
    ignore: TopicValidatorResult.Ignore,
    reject: TopicValidatorResult.Reject,
  };
  const running = (): GossipSub => {
    if (!router) throw new SeroError("p2p/closed", "The network was closed.");
    return router;
  };

  /** The connection as the router sees it: streams that it opens do not pile up what a peer does not take. */
  const bounded = (connection: Connection): Connection =>
    new Proxy(connection, {
      get(target, name) {
        if (name !== "newStream") return Reflect.get(target, name, target) as unknown;
        return async (...args: Parameters<Connection["newStream"]>) => {
          const stream = await target.newStream(...args);
          flow.bound(stream);
          return stream;
        };
      },
    });

  /** gossipsub learns of peers from us, after the handshake, instead of from the identify protocol, which this node does not speak. */
  const guarded = (components: GossipSubComponents): GossipSubComponents => {
    const { registrar, privateKey, peerId, peerStore, connectionManager, logger } = components;
    return {
      privateKey,
      peerId,
      peerStore,
      connectionManager,
      logger,
      registrar: {
        getProtocols: () => registrar.getProtocols(),
        getHandler: (protocol) => registrar.getHandler(protocol),
        getTopologies: (protocol) => registrar.getTopologies(protocol),
        getMiddleware: (protocol) => registrar.getMiddleware(protocol),
        unhandle: (protocols, options) => registrar.unhandle(protocols, options),
        use: (protocol, middleware) => registrar.use(protocol, middleware),
        unuse: (protocol) => registrar.unuse(protocol),
        handle: (protocol, handler, options) =>
          registrar.handle(
            protocol,
            async (stream, connection) => {
              const id = connection.remotePeer.toString() as PeerId;
              if (!(await peers.joined(id))) return stream.abort(new Error("No handshake."));
              await handler(stream, bounded(connection));
              // After the router's own listener: the first listener sets the buffered data flowing.
              setTimeout(() => flow.watch(id, stream), 0);
            },
            options,
          ),
        async register(_protocol, topology) {
          topologies.add(topology);
          return "sero";
        },
        unregister: () => topologies.clear(),
      },
    };
  };

  const validator =
    ({ maxBytes, validate }: TopicOptions) =>
    async (from: LibPeerId, { data }: Message): Promise<TopicValidatorResult> => {
      const id = from.toString() as PeerId;
      const peer = peers.get(id);
      if (!peer) return TopicValidatorResult.Ignore;
      if (data.length > maxBytes) {
        peers.penalize(id, "fatal", "p2p/too-large");
        return TopicValidatorResult.Reject;
      }
      try {
        // A copy: what gossipsub gives is a view of the whole chunk that came in.
        const verdict = await flow.validate(id, data.length, () => validate(new Uint8Array(data), peer));
        if (verdict === "reject") peers.penalize(id, "major", "p2p/rejected");
        return verdicts[verdict ?? "ignore"];
      } catch {
        return TopicValidatorResult.Ignore;
      }
    };

  return {
    service(components) {
      router = gossipsub({
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: ({ data }) => messageId(data, ids),
        // Called with each message as it came. The router's StrictNoSign lets a sender's name pass and would forward it: a tag to trace
        // a message by. With a sequence number as well, which it does look at, the message is refused and costs its sender.
        fastMsgIdFn(message) {
          if (message.from !== undefined) message.seqno = new Uint8Array(8);
          return hexDigits(messageId(message.data ?? new Uint8Array(0), ids));
        },
        fallbackToFloodsub: false,
        // A first publisher that tells everybody at once would show itself; the mesh is enough.
        floodPublish: false,
        emitSelf: false,
        doPX: false,
        tagMeshPeers: false,
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        allowedTopics: TOPICS.map((name) => prefix + name),
        maxInboundStreams: 2,
        maxOutboundStreams: 2,
        scoreThresholds: {
          gossipThreshold: -20,
          publishThreshold: -30,
          graylistThreshold: GRAYLIST_SCORE,
          // Peer exchange is off: no peer ever earns this.
          acceptPXThreshold: 1e9,
          opportunisticGraftThreshold: 1,
        },
        scoreParams: {
          topicScoreCap: 20,
          // The host's own points count in full: what answers badly elsewhere is not worth listening to here.
          appSpecificScore: (id) => -peers.points(id as PeerId),
          appSpecificWeight: 1,
          // Inbound connections are capped per address already, and onion services see all peers at one address.
          IPColocationFactorWeight: 0,
          behaviourPenaltyWeight: -10,
          // An honest peer whose answers do not fit through a flooded link (gossip-flow.ts) breaks at most one promise a heartbeat: ten, with
          // the decay below. It must not be graylisted for what whoever floods the network has chosen.
          behaviourPenaltyThreshold: 12,
          behaviourPenaltyDecay: 0.9,
          decayInterval: 1_000,
          decayToZero: 0.1,
          retainScore: 600_000,
          topics: Object.fromEntries(TOPICS.map((name) => [prefix + name, TOPIC_SCORES])),
        },
      })(guarded(components));
      return router;
    },
    topic(name, options) {
      const full = prefix + name;
      const gossip = running();
      if (!TOPICS.includes(name) || gossip.topicValidators.has(full)) {
        throw new SeroError("p2p/topic", "There is no such topic, or it was joined before.", { topic: name });
      }
      gossip.topicValidators.set(full, validator(options));
      gossip.subscribe(full);
      return {
        async publish(message) {
          const { recipients } = await running().publish(full, message);
          return recipients.length;
        },
      };
    },
    enter(connection) {
      for (const topology of topologies) void topology.onConnect?.(connection.remotePeer, bounded(connection));
    },
    leave(id) {
      for (const topology of topologies) void topology.onDisconnect?.(id);
    },
  };
}

/** A message's id. Remembered by the message's bytes: the router asks twice. */
function messageId(data: Uint8Array, ids: WeakMap<Uint8Array, Uint8Array>): Uint8Array {
  const known = ids.get(data);
  if (known) return known;
  const id = keccak256(data).subarray(0, MESSAGE_ID_BYTES);
  ids.set(data, id);
  return id;
}

/** Scores within the topic, small against the host's own points. */
const TOPIC_SCORES = {
  topicWeight: 1,
  // Long-lived mesh links are worth a little, up to an hour's worth, so that newcomers cannot push them all out.
  timeInMeshWeight: 1 / 360,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 3_600,
  // Who brings what is new is worth more; halves in about a minute.
  firstMessageDeliveriesWeight: 0.1,
  firstMessageDeliveriesDecay: 0.99,
  firstMessageDeliveriesCap: 100,
  // How many transactions there are is nobody's duty, so delivering few is no fault.
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 5_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  // Invalid messages count with their square: one or two may be a fork, five are not.
  invalidMessageDeliveriesWeight: -2,
  invalidMessageDeliveriesDecay: 0.995,
};
