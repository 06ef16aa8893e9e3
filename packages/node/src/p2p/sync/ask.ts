import { headerHash, transactionsRoot, withdrawalsRoot, type Block, type Header } from "@sero/execution";
import { equalBytes, SeroError } from "@sero/protocol";
import type { Offence, PeerHost, PeerId } from "../host/types.js";
import {
  BLOCKS_PROTOCOL,
  decodeBodyFrame,
  decodeHeadersFrame,
  encodeBlocksRequest,
  MAX_BODY_FRAME,
  MAX_HEADERS_FRAME,
} from "./wire.js";

/** A header whose hash was computed from its bytes. */
export interface KnownHeader {
  readonly hash: Uint8Array;
  readonly header: Header;
  readonly bytes: Uint8Array;
}

/** What a peer did wrong; undefined `offence`: nothing to blame it for. */
export class PeerFault extends Error {
  override readonly name = "PeerFault";
  constructor(
    readonly code: string,
    readonly offence: Offence | undefined,
    options?: { readonly cause?: unknown },
  ) {
    super(code, options);
  }
}

/** How long a peer may take. */
export interface Patience {
  /** Milliseconds for each frame. */
  readonly frameMs: number;
  /** Milliseconds for the whole answer: what came until then counts, the rest is asked of another. */
  readonly answerMs: number;
}

/**
 * Asks a peer for the header of `hash` and its ancestors. Each header is checked against the hash that the one before it names, so that what
 * comes is the chain that was asked for or nothing. `take` gets each frame's headers, newest first, as it arrives.
 *
 * @returns how many came; 0 when the peer does not have the block
 * @throws PeerFault, or SeroError `p2p/aborted`
 */
export async function askHeaders(
  host: PeerHost,
  peer: PeerId,
  from: { readonly hash: Uint8Array; readonly count: number; readonly number: bigint | undefined },
  patience: Patience,
  signal: AbortSignal,
  take: (headers: readonly KnownHeader[]) => void,
): Promise<number> {
  const request = encodeBlocksRequest({ kind: "headers", hash: from.hash, count: from.count });
  let next = from.hash;
  let number = from.number;
  let count = 0;
  const frames = framesOf(host, peer, request, MAX_HEADERS_FRAME, patience, signal);
  for await (const frame of frames) {
    const headers = decoded(() => decodeHeadersFrame(frame)).map(({ header, bytes }): KnownHeader => {
      if (!equalBytes(headerHash(header), next)) throw new PeerFault("sync/wrong-header", "major");
      // A header that says another number than its child's less one is on no chain, whoever made it.
      if (number !== undefined && header.number !== number) throw new PeerFault("sync/bad-chain", undefined);
      if (count >= from.count) throw new PeerFault("sync/too-many", "major");
      const known = { hash: next, header, bytes };
      next = header.parentHash;
      number = header.number - 1n;
      count++;
      return known;
    });
    take(headers);
    if (count >= from.count) break;
  }
  return count;
}

/**
 * Asks a peer for bodies. Each is held against its header's roots; `take` gets it with its place as it arrives.
 *
 * @returns how many of the blocks were answered for, from the beginning; bodies that the peer does not keep count, and are not given to `take`
 * @throws PeerFault, or SeroError `p2p/aborted`
 */
export async function askBodies(
  host: PeerHost,
  peer: PeerId,
  headers: readonly KnownHeader[],
  patience: Patience,
  signal: AbortSignal,
  take: (place: number, block: Block) => void,
): Promise<number> {
  const request = encodeBlocksRequest({ kind: "bodies", hashes: headers.map(({ hash }) => hash) });
  let place = 0;
  for await (const frame of framesOf(host, peer, request, MAX_BODY_FRAME, patience, signal)) {
    const wanted = headers[place];
    if (!wanted) throw new PeerFault("sync/too-many", "major");
    const body = decoded(() => decodeBodyFrame(frame));
    if (body) {
      const { header } = wanted;
      const isRight =
        equalBytes(transactionsRoot(body.transactions), header.transactionsRoot) &&
        equalBytes(withdrawalsRoot(body.withdrawals), header.withdrawalsRoot);
      if (!isRight) throw new PeerFault("sync/wrong-body", "major");
      take(place, { header, ...body });
    }
    place++;
    if (place === headers.length) break;
  }
  return place;
}

async function* framesOf(
  host: PeerHost,
  peer: PeerId,
  request: Uint8Array,
  maxFrameBytes: number,
  patience: Patience,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const limit = limited(signal, patience.answerMs);
  const options = { maxFrameBytes, timeoutMs: patience.frameMs, signal: limit.signal };
  const frames = host.request(peer, BLOCKS_PROTOCOL, request, options)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([frames.next(), limit.over]);
      if (next === undefined || limit.signal.aborted) throw new PeerFault("sync/slow", "minor");
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    if (signal.aborted) throw new SeroError("p2p/aborted", "Syncing was stopped.", {}, { cause: error });
    if (error instanceof PeerFault) throw error;
    const code = error instanceof SeroError ? error.code : "sync/failed";
    if (limit.signal.aborted || code === "p2p/timeout") throw new PeerFault("sync/slow", "minor", { cause: error });
    // Broken framing and too large frames are penalised by the host; a peer that went away did nothing wrong.
    throw new PeerFault(code, code === "p2p/broken" ? "minor" : undefined, { cause: error });
  } finally {
    limit.end();
    // Not waited for: a peer that hangs must not hold this up.
    frames.return?.(undefined).catch(() => undefined);
  }
}

/** A signal that also ends by itself. `AbortSignal.any` keeps what it was made of alive, and there are many requests in one sync. */
function limited(parent: AbortSignal, ms: number) {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  const over = new Promise<undefined>((resolve) =>
    controller.signal.addEventListener("abort", () => resolve(undefined), { once: true }),
  );
  if (parent.aborted) abort();
  else parent.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    over,
    end(): void {
      clearTimeout(timer);
      parent.removeEventListener("abort", abort);
    },
  };
}

/** Runs a decoder on what a peer sent. */
function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new PeerFault("sync/garbage", "major", { cause: error });
  }
}
