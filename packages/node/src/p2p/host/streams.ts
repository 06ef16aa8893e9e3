import type { Connection, Stream, StreamHandler } from "@libp2p/interface";
import { SeroError } from "@sero/protocol";
import { readFrames, writeFrame, type FrameReader } from "./framing.js";
import { REQUEST_MS } from "./settings.js";
import { idOf, type Member, type PeerTable } from "./table.js";
import type { Offence, PeerHost, PeerId } from "./types.js";

/** The part of PeerHost that is about streams. */
export type Streams = Pick<PeerHost, "request" | "answer" | "send" | "receive"> & {
  /** Forgets the streams to a peer that left. */
  forget(id: PeerId): void;
};

export interface StreamsOptions {
  /** "/sero/0a1b2c3d/" */
  readonly prefix: string;
  readonly table: PeerTable;
  readonly frameMs: number;
  readonly handle: (
    protocol: string,
    handler: StreamHandler,
    options: { maxInboundStreams: number; maxOutboundStreams: number },
  ) => Promise<void>;
}

/** Outbound streams of a protocol that one connection may have; the callers bound themselves below it. */
const MAX_OUTBOUND = 64;

/** Requests and one-way messages over streams of their own. */
export function openStreams({ prefix, table, frameMs, handle }: StreamsOptions): Streams {
  /** One-way streams that stay open, by peer and protocol. */
  const oneWay = new Map<PeerId, Map<string, Promise<Stream>>>();
  const member = (id: PeerId): Member => {
    const found = table.get(id);
    if (!found) throw new SeroError("p2p/gone", "The peer is not connected.", { peer: id });
    return found;
  };
  const oneWayStream = (id: PeerId, protocol: string): Promise<Stream> => {
    const { connection } = member(id);
    const streams = oneWay.get(id) ?? new Map<string, Promise<Stream>>();
    oneWay.set(id, streams);
    const existing = streams.get(protocol);
    if (existing) return existing;
    const opened = openStream(connection, prefix + protocol, REQUEST_MS);
    streams.set(protocol, opened);
    const drop = (): void => {
      if (streams.get(protocol) === opened) streams.delete(protocol);
    };
    opened.then((stream) => stream.addEventListener("close", drop, { once: true }), drop);
    return opened;
  };

  return {
    forget: (id) => void oneWay.delete(id),
    async *request(id, protocol, request, { maxFrameBytes, timeoutMs, signal }) {
      const stream = await openStream(member(id).connection, prefix + protocol, timeoutMs, signal);
      const reader = readFrames(stream, maxFrameBytes);
      try {
        await writeFrame(stream, request, timeoutMs);
        await stream.close({ signal: AbortSignal.timeout(timeoutMs) });
        for (;;) {
          const frame = await reader.next({ frameMs: timeoutMs, beginMs: timeoutMs }, signal);
          if (!frame) return;
          yield frame;
        }
      } catch (error) {
        const failure = asFailure(error, id, protocol);
        const offence = offenceOf(failure.code);
        if (offence) table.penalize(id, offence, failure.code);
        throw failure;
      } finally {
        reader.release();
        discard(stream);
      }
    },
    answer(protocol, { maxRequestBytes, perPeer, perMinute }, handler) {
      const allowance = openAllowance(perMinute);
      const underWay = new Map<PeerId, number>();
      const serve = async (stream: Stream, id: PeerId): Promise<void> => {
        const reader = readFrames(stream, maxRequestBytes);
        const controller = new AbortController();
        const stop = (): void => controller.abort();
        stream.addEventListener("close", stop, { once: true });
        try {
          const request = await reader.next({ frameMs: REQUEST_MS, beginMs: REQUEST_MS }, controller.signal);
          if (!request) throw new SeroError("p2p/empty", "The peer asked nothing.");
          const { peer } = member(id);
          for await (const frame of handler(request, peer, controller.signal)) {
            if (controller.signal.aborted) return;
            await writeFrame(stream, frame, frameMs);
          }
          await stream.close({ signal: AbortSignal.timeout(frameMs) });
        } catch (error) {
          const failure = asFailure(error, id, protocol);
          const offence = failure.code === "p2p/empty" ? "minor" : offenceOf(failure.code);
          if (offence && !controller.signal.aborted) table.penalize(id, offence, failure.code);
          stream.abort(failure);
        } finally {
          reader.release();
          controller.abort();
        }
      };
      void handle(
        prefix + protocol,
        async (stream, connection) => {
          const id = idOf(connection.remotePeer);
          if (!(await table.joined(id))) return stream.abort(new Error("No handshake."));
          if ((underWay.get(id) ?? 0) >= perPeer || !allowance.take(id)) {
            table.penalize(id, "minor", "p2p/too-many");
            return stream.abort(new Error("Too many."));
          }
          underWay.set(id, (underWay.get(id) ?? 0) + 1);
          try {
            await serve(stream, id);
          } finally {
            const left = (underWay.get(id) ?? 1) - 1;
            if (left > 0) underWay.set(id, left);
            else underWay.delete(id);
          }
        },
        // A few above the limit, so that excess reaches the handler and is counted.
        { maxInboundStreams: perPeer + 8, maxOutboundStreams: MAX_OUTBOUND },
      );
    },
    async send(id, protocol, message) {
      for (let attempt = 0; ; attempt++) {
        try {
          const stream = await oneWayStream(id, protocol);
          await writeFrame(stream, message, REQUEST_MS).catch((error: unknown) => {
            discard(stream);
            throw error;
          });
          return;
        } catch (error) {
          const failure = asFailure(error, id, protocol);
          // A stream that the peer closed while it was quiet: once more on a new one.
          if (failure.code !== "p2p/broken" || attempt > 0) throw failure;
          oneWay.get(id)?.delete(protocol);
        }
      }
    },
    receive(protocol, { maxBytes, perMinute }, handler) {
      const allowance = openAllowance(perMinute);
      const take = async (reader: FrameReader, id: PeerId): Promise<void> => {
        for (;;) {
          const message = await reader.next({ frameMs: frameMs, beginMs: Infinity });
          if (!message) return;
          const current = table.get(id);
          if (!current) return;
          if (allowance.take(id)) handler(message, current.peer);
          else table.penalize(id, "minor", "p2p/too-many");
        }
      };
      void handle(
        prefix + protocol,
        async (stream, connection) => {
          const id = idOf(connection.remotePeer);
          if (!(await table.joined(id))) return stream.abort(new Error("No handshake."));
          const reader = readFrames(stream, maxBytes);
          try {
            await take(reader, id);
            await stream.close({ signal: AbortSignal.timeout(REQUEST_MS) });
          } catch (error) {
            const failure = asFailure(error, id, protocol);
            const offence = offenceOf(failure.code);
            if (offence) table.penalize(id, offence, failure.code);
            stream.abort(failure);
          } finally {
            reader.release();
          }
        },
        { maxInboundStreams: 2, maxOutboundStreams: 2 },
      );
    },
  };
}

/**
 * Opens a stream and negotiates its protocol.
 *
 * @throws SeroError `p2p/refused` (does not speak the protocol), `p2p/broken`, `p2p/timeout`, `p2p/aborted`, `p2p/gone`
 */
export async function openStream(
  connection: Connection,
  protocol: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Stream> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const peer = idOf(connection.remotePeer);
  try {
    return await connection.newStream(protocol, {
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      maxOutboundStreams: MAX_OUTBOUND,
    });
  } catch (cause) {
    if (signal?.aborted) throw new SeroError("p2p/aborted", "The stream was given up.", { peer }, { cause });
    if (timeout.aborted) throw new SeroError("p2p/timeout", "The peer took too long.", { peer }, { cause });
    if (connection.status !== "open")
      throw new SeroError("p2p/gone", "The peer is not connected.", { peer }, { cause });
    if (cause instanceof Error && cause.name === "UnsupportedProtocolError") {
      throw new SeroError("p2p/refused", "The peer does not speak this protocol.", { peer, protocol }, { cause });
    }
    throw new SeroError("p2p/broken", "The peer closed the stream.", { peer, protocol }, { cause });
  }
}

/** What a failure of a stream costs the peer. Ends and resets are nobody's fault: computers crash. */
export function offenceOf(code: string): Offence | undefined {
  if (code === "p2p/timeout") return "minor";
  if (code === "p2p/too-large" || code === "p2p/framing" || code === "p2p/malformed") return "fatal";
  return undefined;
}

function asFailure(error: unknown, peer: PeerId, protocol: string): SeroError {
  if (error instanceof SeroError) {
    return new SeroError(error.code, error.message, { peer, protocol, ...error.values }, { cause: error.cause });
  }
  return new SeroError("p2p/broken", "The stream to the peer is gone.", { peer, protocol }, { cause: error });
}

function discard(stream: Stream): void {
  if (stream.status === "open" || stream.status === "closing") stream.abort(new Error("Done."));
}

/** Peers whose allowance is remembered. */
const MAX_ALLOWANCES = 1024;

/** A bucket of `perMinute` for each peer, refilled evenly; reconnecting does not refill it. */
function openAllowance(perMinute: number): { take(id: PeerId): boolean } {
  const buckets = new Map<PeerId, { left: number; at: number }>();
  return {
    take(id) {
      const now = performance.now();
      const bucket = buckets.get(id) ?? { left: perMinute, at: now };
      const left = Math.min(perMinute, bucket.left + ((now - bucket.at) / 60_000) * perMinute);
      buckets.delete(id);
      buckets.set(id, { left: left >= 1 ? left - 1 : left, at: now });
      if (buckets.size > MAX_ALLOWANCES) buckets.delete(buckets.keys().next().value as PeerId);
      return left >= 1;
    },
  };
}
