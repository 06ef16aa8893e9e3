import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body as UTF-8.
 *
 * @param limit bytes; a longer body is not read to its end
 * @returns the text, or undefined when it is too long
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
