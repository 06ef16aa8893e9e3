import { badAnswer, timedOut, unreachable } from "./errors.js";

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
  let buffer = new Uint8Array(0);
  try {
    for (;;) {
      const chunk = await readChunk(reader, url, idleMs);
      if (chunk === undefined) break;
      buffer = joined(buffer, chunk);
      let at = 0;
      while (buffer.length - at >= 4) {
        const length = new DataView(buffer.buffer, buffer.byteOffset + at, 4).getUint32(0);
        if (length > MAX_FRAME_BYTES) throw badAnswer(url, "a range of blocks");
        if (buffer.length - at - 4 < length) break;
        yield buffer.slice(at + 4, at + 4 + length);
        at += 4 + length;
      }
      buffer = buffer.subarray(at);
    }
    if (buffer.length > 0) throw badAnswer(url, "a range of blocks");
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  url: string,
  idleMs: number,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const idle = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(url, idleMs)), idleMs);
  });
  try {
    const { done, value } = await Promise.race([reader.read(), idle]);
    return done ? undefined : value;
  } catch (error) {
    if (error instanceof TypeError) throw unreachable(url, error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
