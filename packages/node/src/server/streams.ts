import type { ServerResponse } from "node:http";
import { SeroError } from "@sero/protocol";
import type { RpcContext } from "../rpc/context.js";
import { blockMemos, checkRange, compactFrame, memoFrame, scanBlock } from "../rpc/ranges.js";
import type { Pace, StreamRoute } from "./http.js";

/** Milliseconds without a byte taken, after which a slow reader is cut off. */
const STALL_MS = 60_000;

/**
 * GET /sero/compact?from=N&to=M and GET /sero/memos?from=N&to=M (decimal): for each block a frame of u32 big-endian length and RLP, as
 * `compactFrame` and `memoFrame` make it. The stream ends early at the head, where a reorganisation cuts in, or when `pace` says so: the reader sees from the
 * headers how far it came and asks again.
 */
export function streamRoutes(context: RpcContext): StreamRoute {
  const frames: Readonly<Record<string, (number: bigint) => Uint8Array | undefined>> = {
    "/sero/compact"(number) {
      const block = scanBlock(context, number);
      return block && compactFrame(block);
    },
    "/sero/memos"(number) {
      const memos = blockMemos(context, number);
      return memos && memoFrame(number, memos);
    },
  };
  return async (url, response, pace) => {
    const frame = frames[url.pathname];
    if (!frame) return false;
    const from = decimal(url.searchParams.get("from"));
    const to = decimal(url.searchParams.get("to"));
    if (from === undefined || to === undefined) {
      fail(response, 400, "Give from and to as decimal block numbers.");
      return true;
    }
    try {
      const range = checkRange(context, { from, to });
      response.writeHead(200, { "content-type": "application/octet-stream", "cache-control": "no-store" });
      await writeFrames(response, range.from, range.to, frame, pace);
    } catch (error) {
      if (!(error instanceof SeroError)) throw error;
      if (response.headersSent) response.destroy();
      else fail(response, error.code === "rpc/not-found" ? 404 : 400, `${error.code}: ${error.message}`);
    }
    return true;
  };
}

async function writeFrames(
  response: ServerResponse,
  from: bigint,
  to: bigint,
  frameOf: (number: bigint) => Uint8Array | undefined,
  pace: Pace | undefined,
): Promise<void> {
  response.setTimeout(STALL_MS, () => response.destroy());
  let sinceBreath = 0;
  for (let number = from; number <= to && !response.destroyed; number++) {
    const frame = frameOf(number);
    if (!frame || (pace && !(await pace(4 + frame.length)))) break;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, frame.length);
    response.write(length);
    // Backpressure: a block is read from the store only when the reader has taken the one before.
    if (!response.write(frame)) await drained(response);
    else if (++sinceBreath % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!response.destroyed) response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

function decimal(text: string | null): bigint | undefined {
  return text !== null && /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : undefined;
}

function fail(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(text);
}
