import { badAnswer } from "./errors.js";
import { readPiece } from "./body.js";

/** Longest frame that is accepted: a full block of 8 M gas is far below. */
export const MAX_FRAME_BYTES = 16 << 20;

/**
 * The frames (4 bytes length, big-endian, then so many bytes) of a response body. Memory is bounded by one frame and one network chunk. Throws
 * rpc/bad-answer on a frame too long or cut off, rpc/timeout when `idleMs` pass without a byte, rpc/unreachable when the connection breaks.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  url: string,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const pending = byteQueue();
  try {
    for (;;) {
      const piece = await readPiece(reader, url, idleMs);
      if (piece === undefined) break;
      pending.append(piece);
      for (;;) {
        const bytes = pending.bytes();
        if (bytes.length < 4) break;
        const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
        if (length > MAX_FRAME_BYTES) throw badAnswer(url, "a range of blocks");
        if (bytes.length - 4 < length) break;
        yield bytes.slice(4, 4 + length);
        pending.drop(4 + length);
      }
    }
    if (pending.bytes().length > 0) throw badAnswer(url, "a range of blocks");
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Bytes that wait for more. Its space doubles, so that a frame in crumbs is not copied for each of them. */
function byteQueue() {
  let space = new Uint8Array(1 << 16);
  let start = 0;
  let end = 0;
  return {
    bytes: (): Uint8Array => space.subarray(start, end),
    drop: (count: number): void => void (start += count),
    append: (piece: Uint8Array): void => {
      if (end + piece.length > space.length) {
        const waiting = space.subarray(start, end);
        const needed = waiting.length + piece.length;
        if (needed > space.length / 2) space = new Uint8Array(2 * needed);
        space.set(waiting);
        [start, end] = [0, waiting.length];
      }
      space.set(piece, end);
      end += piece.length;
    },
  };
}
