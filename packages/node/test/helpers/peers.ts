import { performance } from "node:perf_hooks";
import { SeroError } from "@sero/protocol";
import type {
  AnswerLimits,
  Offence,
  Peer,
  PeerEvent,
  PeerHost,
  PeerId,
  Status,
  TopicOptions,
} from "../../src/p2p/host/types.js";

/** What a fake host recorded. */
export interface Penalty {
  readonly by: PeerId;
  readonly peer: PeerId;
  readonly offence: Offence;
  readonly code: string;
}

/** A PeerHost without a network, with what a test wants to know and to break. */
export interface FakePeerHost extends PeerHost {
  /** Offences that this host found, in order. Nobody is banned by them. */
  readonly penalties: readonly Penalty[];
  /** Messages that `send` delivered from here, in order. */
  readonly sent: readonly { readonly to: PeerId; readonly protocol: string; readonly message: Uint8Array }[];
  /** Messages published here, by topic. */
  readonly published: readonly { readonly topic: string; readonly message: Uint8Array }[];
  /** What peers see from now on. */
  setStatus(status: Partial<Status>): void;
}

/** Hosts in one process. */
export interface FakeNetwork {
  /** Adds a host; its id is the name given. */
  host(name: string, status?: Partial<Status>): FakePeerHost;
  /** `a` dials `b`. */
  connect(a: PeerHost, b: PeerHost): void;
  disconnect(a: PeerHost, b: PeerHost): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

interface Answerer {
  readonly limits: AnswerLimits;
  readonly handler: (request: Uint8Array, peer: Peer, signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

interface Inner {
  readonly host: FakePeerHost;
  status: Status;
  readonly peers: Map<PeerId, Peer>;
  readonly listeners: Set<(event: PeerEvent) => void>;
  readonly answers: Map<string, Answerer>;
  readonly receivers: Map<string, { maxBytes: number; handler: (message: Uint8Array, peer: Peer) => void }>;
  readonly topics: Map<string, { options: TopicOptions; seen: Set<string> }>;
}

/**
 * Hosts that talk in memory. Gossip floods: each host that accepts a message gives it to all its peers of the topic.
 *
 * @param options.latencyMs for each delivery; without it, a turn of the event loop
 */
export function fakeNetwork(options: { readonly latencyMs?: (from: PeerId, to: PeerId) => number } = {}): FakeNetwork {
  const hosts = new Map<PeerId, Inner>();
  let under = 0;
  const idle: (() => void)[] = [];
  const deliver = (from: PeerId, to: PeerId, work: () => void | Promise<void>): void => {
    under++;
    const run = async (): Promise<void> => {
      try {
        await work();
      } finally {
        if (--under === 0) for (const done of idle.splice(0)) done();
      }
    };
    const latency = options.latencyMs?.(from, to);
    if (latency === undefined) setImmediate(() => void run());
    else setTimeout(() => void run(), latency);
  };
  const spread = (from: Inner, name: string, message: Uint8Array, except?: PeerId): number => {
    let count = 0;
    for (const id of from.peers.keys()) {
      const to = hosts.get(id);
      if (id === except || !to?.topics.has(name)) continue;
      count++;
      deliver(from.host.id, id, () => gossip(to, name, message, from.host.id));
    }
    return count;
  };
  const gossip = async (at: Inner, name: string, message: Uint8Array, from: PeerId): Promise<void> => {
    const topic = at.topics.get(name);
    const peer = at.peers.get(from);
    const key = Buffer.from(message).toString("base64");
    if (!topic || !peer || topic.seen.has(key)) return;
    topic.seen.add(key);
    if (message.length > topic.options.maxBytes) return at.host.penalize(from, "fatal", "p2p/too-large");
    const verdict = await topic.options.validate(message, peer).catch(() => "ignore" as const);
    if (verdict === "accept") spread(at, name, message, from);
    if (verdict === "reject") at.host.penalize(from, "major", "p2p/rejected");
  };
  const emit = (at: Inner, event: PeerEvent): void => {
    for (const listener of [...at.listeners]) listener(event);
  };
  const join = (at: Inner, to: Inner, outbound: boolean): void => {
    const peer: Peer = {
      id: to.host.id,
      outbound,
      address: `/ip4/127.0.0.1/tcp/${[...hosts.keys()].indexOf(to.host.id) + 1}`,
      since: performance.now(),
      status: to.status,
    };
    at.peers.set(to.host.id, peer);
    emit(at, { type: "joined", peer });
  };
  const leave = (at: Inner, id: PeerId): void => {
    const peer = at.peers.get(id);
    if (peer && at.peers.delete(id)) emit(at, { type: "left", peer });
  };
  const innerOf = (host: PeerHost): Inner => {
    const inner = hosts.get(host.id);
    if (!inner) throw new Error(`${host.id} is closed`);
    return inner;
  };
  const network: FakeNetwork = {
    host(name, status = {}) {
      const inner = makeHost(name as PeerId, status);
      hosts.set(inner.host.id, inner);
      return inner.host;
    },
    connect(a, b) {
      join(innerOf(a), innerOf(b), true);
      join(innerOf(b), innerOf(a), false);
    },
    disconnect(a, b) {
      const [one, two] = [hosts.get(a.id), hosts.get(b.id)];
      if (one) leave(one, b.id);
      if (two) leave(two, a.id);
    },
    settled: () => new Promise((resolve) => (under === 0 ? setImmediate(resolve) : idle.push(resolve))),
  };
  const linked = (from: Inner, to: PeerId): Inner => {
    const other = hosts.get(to);
    if (!from.peers.has(to) || !other) throw new SeroError("p2p/gone", "The peer is not connected.", { peer: to });
    return other;
  };
  function makeHost(id: PeerId, given: Partial<Status>): Inner {
    const penalties: Penalty[] = [];
    const sent: { to: PeerId; protocol: string; message: Uint8Array }[] = [];
    const published: { topic: string; message: Uint8Array }[] = [];
    const host: FakePeerHost = {
      id,
      penalties,
      sent,
      published,
      addresses: () => [],
      listening: () => true,
      peers: () => [...inner.peers.values()],
      onPeer(listener) {
        inner.listeners.add(listener);
        return () => inner.listeners.delete(listener);
      },
      async refresh(to) {
        const { status } = linked(inner, to);
        const peer = inner.peers.get(to);
        if (peer) inner.peers.set(to, { ...peer, status });
        return status;
      },
      async *request(to, protocol, request, { maxFrameBytes, signal }) {
        const answerer = linked(inner, to).answers.get(protocol);
        if (!answerer || request.length > answerer.limits.maxRequestBytes) {
          throw new SeroError("p2p/refused", "The peer refused the request.", { peer: to, protocol });
        }
        const peer = innerOf(linked(inner, to).host).peers.get(id);
        if (!peer) throw new SeroError("p2p/gone", "The peer is not connected.", { peer: to });
        const controller = new AbortController();
        try {
          await new Promise<void>((resolve) => deliver(id, to, resolve));
          for await (const frame of answerer.handler(request, peer, controller.signal)) {
            await new Promise<void>((resolve) => deliver(to, id, resolve));
            if (signal?.aborted) throw new SeroError("p2p/aborted", "The request was given up.", { peer: to });
            linked(inner, to);
            if (frame.length > maxFrameBytes) {
              host.penalize(to, "fatal", "p2p/too-large");
              throw new SeroError("p2p/too-large", "The peer answered with more than was allowed.", { peer: to });
            }
            yield frame;
          }
        } catch (error) {
          if (error instanceof SeroError && error.code.startsWith("p2p/")) throw error;
          throw new SeroError("p2p/broken", "The peer broke the answer off.", { peer: to, protocol }, { cause: error });
        } finally {
          controller.abort();
        }
      },
      answer: (protocol, limits, handler) => void inner.answers.set(protocol, { limits, handler }),
      async send(to, protocol, message) {
        const other = linked(inner, to);
        const receiver = other.receivers.get(protocol);
        if (!receiver) throw new SeroError("p2p/refused", "The peer does not take this.", { peer: to, protocol });
        sent.push({ to, protocol, message });
        deliver(id, to, () => {
          const peer = other.peers.get(id);
          if (!peer) return;
          if (message.length > receiver.maxBytes) other.host.penalize(id, "fatal", "p2p/too-large");
          else receiver.handler(message, peer);
        });
      },
      receive: (protocol, { maxBytes }, handler) => void inner.receivers.set(protocol, { maxBytes, handler }),
      topic(name, topicOptions) {
        const topic = { options: topicOptions, seen: new Set<string>() };
        inner.topics.set(name, topic);
        return {
          async publish(message) {
            published.push({ topic: name, message });
            const key = Buffer.from(message).toString("base64");
            if (topic.seen.has(key)) return 0;
            topic.seen.add(key);
            return spread(inner, name, message);
          },
        };
      },
      penalize: (peer, offence, code) => void penalties.push({ by: id, peer, offence, code }),
      points: () => 0,
      sourceOf: (peer) => `peer:${peer}`,
      dial: () => Promise.reject(new Error("Use network.connect.")),
      ban: () => undefined,
      unban: () => false,
      bans: () => [],
      async close() {
        for (const peer of [...inner.peers.keys()]) {
          const other = hosts.get(peer);
          leave(inner, peer);
          if (other) leave(other, id);
        }
        hosts.delete(id);
      },
      setStatus(status) {
        inner.status = { ...inner.status, ...status };
      },
    };
    const inner: Inner = {
      host,
      status: {
        genesisHash: new Uint8Array(32),
        chainId: 1337n,
        headNumber: 0n,
        headHash: new Uint8Array(32),
        oldestBody: 0n,
        forkId: { hash: new Uint8Array(4), next: 0n },
        ...given,
      },
      peers: new Map(),
      listeners: new Set(),
      answers: new Map(),
      receivers: new Map(),
      topics: new Map(),
    };
    return inner;
  }
  return network;
}
