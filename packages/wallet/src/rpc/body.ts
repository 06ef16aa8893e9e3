import { badAnswer, timedOut, unreachable } from "./errors.js";

/**
 * The next piece of a body; undefined at its end. Throws rpc/timeout when `idleMs` pass without one, rpc/unreachable when the connection
 * breaks.
 */
export async function readPiece(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  url: string,
  idleMs: number,
  toldMs = idleMs,
): Promise<Uint8Array | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const idle = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut(url, toldMs)), Math.max(0, idleMs));
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

/**
 * A whole body as UTF-8 text, at most `limit` bytes, that has to be there within `timeoutMs` however slowly it drips. Throws rpc/bad-answer when
 * it is longer, rpc/timeout, rpc/unreachable.
 */
export async function readText(
  response: Response,
  url: string,
  what: string,
  limit: number,
  timeoutMs: number,
): Promise<string> {
  if (response.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const until = performance.now() + timeoutMs;
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    for (;;) {
      const piece = await readPiece(reader, url, until - performance.now(), timeoutMs);
      if (piece === undefined) return text + decoder.decode();
      length += piece.length;
      if (length > limit) throw badAnswer(url, what);
      text += decoder.decode(piece, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
