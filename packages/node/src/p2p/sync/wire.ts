import { decodeBody, decodeHeader, encodeBody, MAX_BLOCK_BYTES, type Body, type Header } from "@sero/execution";
import { concatBytes, decodeRlp, encodeRlp, rlpReader, rlpUint, SeroError } from "@sero/protocol";

/** Short name of the protocol; the host adds the chain's prefix. */
export const BLOCKS_PROTOCOL = "blocks/1";

/** Headers that one request may ask for, and that one frame holds at most. */
export const MAX_HEADERS = 1_024;
export const HEADERS_A_FRAME = 64;
/** Bodies that one request may ask for. */
export const MAX_BODIES = 64;
/** Longest request: 64 hashes and their frame. */
export const MAX_REQUEST_BYTES = 4_096;
/** A header is at most 1,024 bytes (`decodeHeader`), 64 of them and their RLP headers fit. */
export const MAX_HEADERS_FRAME = HEADERS_A_FRAME * 1_028 + 16;
/** A frame with a body: its kind and the body. */
export const MAX_BODY_FRAME = 1 + MAX_BLOCK_BYTES;

/** What one node asks another for. */
export type BlocksRequest =
  /** The header of `hash` and its ancestors, newest first, at most `count`. */
  | { readonly kind: "headers"; readonly hash: Uint8Array; readonly count: number }
  /** The bodies of these blocks, in this order. */
  | { readonly kind: "bodies"; readonly hashes: readonly Uint8Array[] };

const HEADERS = 0;
const BODIES = 1;

/** RLP of [0, hash, count] or [1, [hash, ...]]. */
export function encodeBlocksRequest(request: BlocksRequest): Uint8Array {
  return request.kind === "headers"
    ? encodeRlp([rlpUint(HEADERS), request.hash, rlpUint(request.count)])
    : encodeRlp([rlpUint(BODIES), request.hashes]);
}

/** Inverse of `encodeBlocksRequest`. @throws SeroError `sync/*` or `rlp/*` */
export function decodeBlocksRequest(bytes: Uint8Array): BlocksRequest {
  const read = rlpReader("sync");
  const limits = { maxBytes: MAX_REQUEST_BYTES, maxItems: MAX_BODIES + 4, maxDepth: 2 };
  const items = read.listOf(decodeRlp(bytes, limits), "request items", 2, 3);
  if (read.small(items[0], "kind", BODIES) === HEADERS) {
    const [, hash, count] = read.list(items, "request", 3);
    const wanted = read.small(count, "count", MAX_HEADERS);
    if (wanted === 0) throw new SeroError("sync/encoding", "A request asks for at least one header.");
    return { kind: "headers", hash: read.bytes(hash, "hash", 32), count: wanted };
  }
  const [, hashes] = read.list(items, "request", 2);
  const wanted = read.listOf(hashes, "hashes", 1, MAX_BODIES);
  return { kind: "bodies", hashes: wanted.map((hash) => read.bytes(hash, "hash", 32)) };
}

/** One frame of headers: RLP of a list of byte strings, each a header's RLP. */
export function encodeHeadersFrame(headers: readonly Uint8Array[]): Uint8Array {
  return encodeRlp(headers);
}

/** Headers of a frame, decoded, with their bytes. @throws SeroError `sync/*`, `header/*` or `rlp/*` */
export function decodeHeadersFrame(frame: Uint8Array): { readonly header: Header; readonly bytes: Uint8Array }[] {
  const read = rlpReader("sync");
  const limits = { maxBytes: MAX_HEADERS_FRAME, maxItems: HEADERS_A_FRAME + 1, maxDepth: 1 };
  return read.listOf(decodeRlp(frame, limits), "headers", 1, HEADERS_A_FRAME).map((item) => {
    const bytes = read.bytes(item, "header");
    return { header: decodeHeader(bytes), bytes };
  });
}

const ABSENT = Uint8Array.of(0);
const PRESENT = Uint8Array.of(1);

/** One frame a body that was asked for: 0x01 and RLP of [transactions, [], withdrawals], or 0x00 for one that is not kept here. */
export function encodeBodyFrame(body: Uint8Array | Body | undefined): Uint8Array {
  if (body === undefined) return ABSENT;
  return concatBytes(PRESENT, body instanceof Uint8Array ? body : encodeBody(body));
}

/** Inverse of `encodeBodyFrame`. @throws SeroError `sync/encoding`, `body/*` or `rlp/*` */
export function decodeBodyFrame(frame: Uint8Array): Body | undefined {
  if (frame.length === 1 && frame[0] === 0) return undefined;
  if (frame[0] !== 1) throw new SeroError("sync/encoding", "A frame with a body begins with 0x00 or 0x01.");
  return decodeBody(frame.subarray(1));
}
