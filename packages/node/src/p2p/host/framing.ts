import type { Stream, StreamMessageEvent } from "@libp2p/interface";
import { SeroError } from "@sero/protocol";
import { Uint8ArrayList } from "uint8arraylist";

/** The longest length prefix: 4 bytes, 2^28 - 1. */
const MAX_PREFIX_BYTES = 4;

/**
 * A frame as it goes over a stream: its length as an unsigned varint (multiformats), then its bytes.
 *
 * @throws RangeError for a frame above 2^28 - 1 bytes
 */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length >= 2 ** (7 * MAX_PREFIX_BYTES)) throw new RangeError("A frame is at most 2^28 - 1 bytes.");
  const prefix: number[] = [];
  let rest = payload.length;
  while (rest >= 0x80) {
    prefix.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  prefix.push(rest);
  const frame = new Uint8Array(prefix.length + payload.length);
  frame.set(prefix);
  frame.set(payload, prefix.length);
  return frame;
}

/** Reads frames off a stream, never holding much more than one. */
export interface FrameReader {
  /**
   * The next frame, or undefined when the peer closed its end after a whole one.
   *
   * @param wait milliseconds for the whole frame, and for its beginning (`Infinity` lets a quiet stream stay open)
   * @throws SeroError `p2p/too-large`, `p2p/framing` (a prefix that is not minimal or too long), `p2p/timeout`,
   *   `p2p/broken` (reset, or an end within a frame), `p2p/aborted`
   */
  next(
    wait: { readonly frameMs: number; readonly beginMs: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  /** Stops listening. The stream itself is the caller's to close. */
  release(): void;
}

/** Opens a reader that refuses frames above `maxBytes` before it holds them. Only one `next` at a time. */
export function readFrames(stream: Stream, maxBytes: number): FrameReader {
  const buffer = new Uint8ArrayList();
  const cap = maxBytes + MAX_PREFIX_BYTES;
  let ended = stream.readableEnded;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const onMessage = (event: StreamMessageEvent): void => {
    buffer.append(event.data);
    // The window of the stream fills up behind it, so a peer cannot send on. Not at once: a stream that is held while it hands out what
    // was kept back goes on widening the window (libp2p 3.3).
    queueMicrotask(() => {
      if (buffer.byteLength >= cap && stream.readStatus === "readable") stream.pause();
    });
    wake?.();
  };
  const onEnd = (): void => {
    ended = true;
    wake?.();
  };
  const onClose = (event: Event & { readonly error?: Error }): void => {
    if (event.error) failure = event.error;
    ended = true;
    wake?.();
  };
  stream.addEventListener("message", onMessage);
  stream.addEventListener("end", onEnd);
  stream.addEventListener("close", onClose);
  if (stream.status !== "open" && stream.readBufferLength === 0) ended = true;

  const resume = (): void => {
    if (stream.readStatus === "paused" && buffer.byteLength < cap) stream.resume();
  };
  const taken = (): Uint8Array | undefined => {
    const head = readPrefix(buffer, maxBytes);
    if (!head || buffer.byteLength < head.bytes + head.length) return undefined;
    // A copy: chunks are views of buffers that the muxer may keep alive as a whole.
    const frame = new Uint8Array(buffer.subarray(head.bytes, head.bytes + head.length));
    buffer.consume(head.bytes + head.length);
    resume();
    return frame;
  };

  return {
    async next({ frameMs, beginMs }, signal) {
      const begun = performance.now();
      const atWork = (): number => begun + (buffer.byteLength > 0 ? frameMs : beginMs);
      let firstByte = buffer.byteLength > 0 ? begun : undefined;
      for (;;) {
        if (signal?.aborted) throw new SeroError("p2p/aborted", "The stream was given up.");
        const frame = taken();
        if (frame) return frame;
        if (failure) throw new SeroError("p2p/broken", "The peer reset the stream.", {}, { cause: failure });
        if (ended && stream.readBufferLength === 0) {
          if (buffer.byteLength === 0) return undefined;
          throw new SeroError("p2p/broken", "The peer ended the stream within a frame.");
        }
        if (buffer.byteLength > 0) firstByte ??= performance.now();
        const until = firstByte === undefined ? atWork() : firstByte + frameMs;
        await new Promise<void>((resolve, reject) => {
          const left = until - performance.now();
          const timer = Number.isFinite(until)
            ? setTimeout(
                () => finish(() => reject(new SeroError("p2p/timeout", "The peer took too long."))),
                Math.max(0, left),
              )
            : undefined;
          const onAbort = (): void => finish(resolve);
          const finish = (then: () => void): void => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", onAbort);
            wake = undefined;
            then();
          };
          wake = () => finish(resolve);
          signal?.addEventListener("abort", onAbort, { once: true });
        });
      }
    },
    release() {
      stream.removeEventListener("message", onMessage);
      stream.removeEventListener("end", onEnd);
      stream.removeEventListener("close", onClose);
    },
  };
}

/** The length prefix at the beginning of `buffer`, or undefined while it is not there whole. */
function readPrefix(
  buffer: Uint8ArrayList,
  maxBytes: number,
): { readonly bytes: number; readonly length: number } | undefined {
  let length = 0;
  for (let i = 0; i < Math.min(buffer.byteLength, MAX_PREFIX_BYTES); i++) {
    const byte = buffer.get(i);
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte >= 0x80) continue;
    if (byte === 0 && i > 0) throw new SeroError("p2p/framing", "The peer sent a length that is not minimal.");
    if (length > maxBytes) {
      throw new SeroError("p2p/too-large", "The peer sent more than is allowed.", { length, maxBytes });
    }
    return { bytes: i + 1, length };
  }
  if (buffer.byteLength >= MAX_PREFIX_BYTES) throw new SeroError("p2p/framing", "The peer sent an endless length.");
  return undefined;
}

/**
 * Writes a frame and waits until the connection took all of it.
 *
 * @throws SeroError `p2p/timeout` when the peer does not read, `p2p/broken` when the stream is gone
 */
export async function writeFrame(stream: Stream, payload: Uint8Array, timeoutMs: number): Promise<void> {
  try {
    stream.send(encodeFrame(payload));
  } catch (cause) {
    throw broken(cause);
  }
  // `send` and `onDrain` speak of the connection; what waits for the peer's window shows in the length only (libp2p 3.3).
  const isTaken = (): boolean => stream.writeBufferLength === 0 && !stream.writableNeedsDrain;
  if (isTaken()) return;
  await new Promise<void>((resolve, reject) => {
    const finish = (then: () => void): void => {
      clearTimeout(timer);
      for (const event of ["idle", "drain"] as const) stream.removeEventListener(event, look);
      stream.removeEventListener("close", onClose);
      then();
    };
    const look = (): void => {
      if (isTaken()) finish(resolve);
    };
    const onClose = (event: Event & { readonly error?: Error }): void => finish(() => reject(broken(event.error)));
    const timer = setTimeout(
      () => finish(() => reject(new SeroError("p2p/timeout", "The peer does not read what it is sent."))),
      timeoutMs,
    );
    for (const event of ["idle", "drain"] as const) stream.addEventListener(event, look);
    stream.addEventListener("close", onClose);
  });
}

function broken(cause: unknown): SeroError {
  return new SeroError("p2p/broken", "The stream to the peer is gone.", {}, { cause });
}
