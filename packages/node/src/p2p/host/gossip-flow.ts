import type { Stream, StreamMessageEvent } from "@libp2p/interface";
import {
  GOSSIP_BURST_BYTES,
  GOSSIP_BYTES_PER_SECOND,
  GOSSIP_PENDING,
  GOSSIP_PENDING_BYTES,
  GOSSIP_UNSENT_BYTES,
} from "./settings.js";
import type { PeerId } from "./types.js";

/**
 * Keeps gossip within bounds, without blame: what honest nodes gossip is chosen by whoever floods the network with valid transactions.
 * A peer that brings more than is taken is read more slowly (its window of the stream fills up); one that takes less than is brought
 * misses messages.
 */
export interface GossipFlow {
  /** Reads a peer's inbound stream at the allowed pace. Called after the router's own listener is there. */
  watch(id: PeerId, stream: Stream): void;
  /** Makes a stream to a peer drop whole frames while too much waits for it. */
  bound(stream: Stream): void;
  /** Runs the validation of a message; undefined where there is no room even though the stream is held. */
  validate<T>(id: PeerId, bytes: number, work: () => Promise<T>): Promise<T | undefined>;
}

interface Flow {
  stream: Stream | undefined;
  /** Bytes that may still come at once. */
  left: number;
  at: number;
  pending: number;
  pendingBytes: number;
  timer: NodeJS.Timeout | undefined;
}

/** Small frames, of which subscriptions and grafts are, go out also when much waits. */
const SMALL_FRAME_BYTES = 1024;

/** Flows that are remembered, so that connecting anew does not fill the allowance. */
const MAX_FLOWS = 1024;

/** Opens a table of flows. */
export function openGossipFlow(clock: () => number = () => performance.now()): GossipFlow {
  const flows = new Map<PeerId, Flow>();
  const flowOf = (id: PeerId): Flow => {
    const known = flows.get(id);
    if (known) return known;
    const flow: Flow = {
      stream: undefined,
      left: GOSSIP_BURST_BYTES,
      at: clock(),
      pending: 0,
      pendingBytes: 0,
      timer: undefined,
    };
    flows.set(id, flow);
    if (flows.size > MAX_FLOWS) {
      const idle = [...flows].find(([, { stream, pending }]) => !stream && pending === 0);
      if (idle) flows.delete(idle[0]);
    }
    return flow;
  };
  /** Holds or releases the stream, as the bucket and the queue of validation allow. */
  const adjust = (flow: Flow): void => {
    const now = clock();
    flow.left = Math.min(GOSSIP_BURST_BYTES, flow.left + ((now - flow.at) * GOSSIP_BYTES_PER_SECOND) / 1000);
    flow.at = now;
    const { stream } = flow;
    if (stream?.status !== "open") return;
    const full = flow.pending >= GOSSIP_PENDING || flow.pendingBytes >= GOSSIP_PENDING_BYTES;
    if (full || flow.left < 0) {
      if (stream.readStatus === "readable") stream.pause();
    } else if (stream.readStatus === "paused") {
      stream.resume();
    }
    if (flow.left < 0 && !flow.timer) {
      const wait = Math.ceil((-flow.left * 1000) / GOSSIP_BYTES_PER_SECOND) + 1;
      flow.timer = setTimeout(() => {
        flow.timer = undefined;
        adjust(flow);
      }, wait).unref();
    }
  };

  return {
    watch(id, stream) {
      const flow = flowOf(id);
      flow.stream = stream;
      const count = ({ data }: StreamMessageEvent): void => {
        flow.left -= data.byteLength;
        // Not at once: a stream that is held while it hands out what was kept back goes on widening the peer's window (libp2p 3.3).
        queueMicrotask(() => adjust(flow));
      };
      stream.addEventListener("message", count);
      stream.addEventListener(
        "close",
        () => {
          if (flow.stream === stream) flow.stream = undefined;
        },
        { once: true },
      );
      adjust(flow);
    },
    bound(stream) {
      const send = stream.send.bind(stream);
      stream.send = (data) => {
        const room = data.byteLength <= SMALL_FRAME_BYTES ? 2 * GOSSIP_UNSENT_BYTES : GOSSIP_UNSENT_BYTES;
        return stream.writeBufferLength + data.byteLength > room ? false : send(data);
      };
    },
    async validate(id, bytes, work) {
      const flow = flowOf(id);
      // What was in the window when the stream was held still comes; twice the bound is more than that.
      if (flow.pending >= 2 * GOSSIP_PENDING || flow.pendingBytes + bytes > 2 * GOSSIP_PENDING_BYTES) return undefined;
      flow.pending++;
      flow.pendingBytes += bytes;
      adjust(flow);
      try {
        return await work();
      } finally {
        flow.pending--;
        flow.pendingBytes -= bytes;
        adjust(flow);
      }
    },
  };
}
