import { decodeHeader } from "@sero/execution";
import { isZeroBytes } from "@sero/protocol";
import type { Store } from "../../store/index.js";
import type { PeerHost } from "../host/types.js";
import {
  BLOCKS_PROTOCOL,
  decodeBlocksRequest,
  encodeBodyFrame,
  encodeHeadersFrame,
  HEADERS_A_FRAME,
  MAX_REQUEST_BYTES,
} from "./wire.js";

/** Bytes of bodies after which an answer ends; whoever wants more asks again. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** What one peer may ask for: a node that syncs from a single peer needs about four requests a second. */
const LIMITS = { maxRequestBytes: MAX_REQUEST_BYTES, perPeer: 4, perMinute: 600 } as const;

/**
 * Gives headers and bodies to peers that ask for them. Reads only what is stored, a frame at a time and as fast as the peer takes it; between
 * frames everything else has its turn.
 */
export function serveBlocks(host: PeerHost, store: Pick<Store, "header" | "bodyBytes">): void {
  host.answer(BLOCKS_PROTOCOL, LIMITS, (bytes, peer, signal) => {
    let request;
    try {
      request = decodeBlocksRequest(bytes);
    } catch (error) {
      host.penalize(peer.id, "major", "sync/request");
      throw error;
    }
    return request.kind === "headers"
      ? headersFrom(store, request.hash, request.count, signal)
      : bodiesOf(store, request.hashes, signal);
  });
}

async function* headersFrom(
  store: Pick<Store, "header">,
  hash: Uint8Array,
  count: number,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  let next: Uint8Array | undefined = hash;
  for (let left = count; left > 0 && next && !signal.aborted;) {
    const frame: Uint8Array[] = [];
    while (frame.length < HEADERS_A_FRAME && left > 0 && next) {
      const bytes = store.header(next);
      if (!bytes) break;
      frame.push(bytes);
      left--;
      const { parentHash } = decodeHeader(bytes);
      next = isZeroBytes(parentHash) ? undefined : parentHash;
    }
    if (frame.length === 0) return;
    const isLast = frame.length < HEADERS_A_FRAME;
    yield encodeHeadersFrame(frame);
    if (isLast) return;
    await turnOfOthers();
  }
}

async function* bodiesOf(
  store: Pick<Store, "bodyBytes">,
  hashes: readonly Uint8Array[],
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  let sent = 0;
  for (const hash of hashes) {
    if (signal.aborted || sent >= MAX_ANSWER_BYTES) return;
    const frame = encodeBodyFrame(store.bodyBytes(hash));
    sent += frame.length;
    yield frame;
    await turnOfOthers();
  }
}

const turnOfOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
