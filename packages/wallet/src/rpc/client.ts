import { base64 } from "@scure/base";
import { SeroError, decodeRlp, rlpReader, toHex, utf8, type TxId } from "@sero/protocol";
import type { z } from "zod";
import { badAnswer, isTransient, nodeError, safeUrl, timedOut, unreachable } from "./errors.js";
import { readText } from "./body.js";
import { readFrames } from "./frames.js";
import { logsParameters, simulateParameters } from "./call-requests.js";
import { assetsAnswer } from "./asset-schemas.js";
import {
  bytesAnswer,
  logsAnswer,
  packagesAnswer,
  quantityAnswer,
  receiptAnswer,
  simulateAnswer,
} from "./call-schemas.js";
import { chainAnswer, headAnswer, poolProofAnswer, rpcReply, treeStateAnswer, txidAnswer } from "./schemas.js";
import type { CompactFrame, MemoFrame, NodeClient, RequestOptions } from "./types.js";

/** How a client waits and tries again. */
export interface ClientOptions {
  /** For one answer, milliseconds; for a stream, between two bytes. Default 20,000. */
  readonly timeoutMs?: number;
  /** Times a request is tried again after the node did not answer. Default 2. */
  readonly retries?: number;
  /** Wait before the first repetition, milliseconds, doubled each time. Default 250. */
  readonly backoffMs?: number;
  readonly fetch?: typeof fetch;
}

interface Settings {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
  readonly fetch: typeof fetch;
}

/** Largest JSON answer that is read, bytes. */
const MAX_ANSWER = 32 << 20;
/** Of a contract, which may answer anything: 16 KiB in hex. */
const MAX_CONTRACT_ANSWER = 33_000;

/** A client for a node's JSON-RPC and binary streams over HTTP. Works in Node and browsers. Throws rpc/url. */
export function httpClient(url: string, options: ClientOptions = {}): NodeClient {
  const { endpoint, headers } = checkedUrl(url);
  const settings: Settings = {
    endpoint,
    headers,
    url: safeUrl(endpoint),
    timeoutMs: options.timeoutMs ?? 20_000,
    retries: options.retries ?? 2,
    backoffMs: options.backoffMs ?? 250,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
  };
  const ask = <T>(
    method: string,
    parameters: readonly unknown[],
    schema: z.ZodType<T>,
    request?: RequestOptions,
    limit = MAX_ANSWER,
  ): Promise<T> =>
    withRetries(settings, request?.signal, () => call(settings, method, parameters, schema, limit, request?.signal));
  return {
    url: settings.url,
    chain: (request) => ask("sero_chain", [], chainAnswer, request),
    head: (request) => ask("sero_head", [], headAnswer, request),
    treeState: (block, request) => ask("sero_treeState", [hexNumber(block)], treeStateAnswer, request),
    poolProof: (block, request) => ask("sero_poolProof", [toHex(block)], poolProofAnswer, request),
    sendTransaction: (bytes, request) => ask("eth_sendRawTransaction", [toHex(bytes)], txidAnswer, request),
    assets: (from, to, request) => ask("sero_assets", [hexNumber(from), hexNumber(to)], assetsAnswer, request),
    call: ({ to, data, gas }, request) =>
      ask(
        "eth_call",
        [{ to: toHex(to), data: toHex(data), gas: hexNumber(gas) }, "latest"],
        bytesAnswer,
        request,
        MAX_CONTRACT_ANSWER,
      ),
    simulate: (what, request) => ask("sero_simulate", simulateParameters(what), simulateAnswer, request),
    nonceOf: (address, request) => ask("eth_getTransactionCount", [toHex(address), "latest"], quantityAnswer, request),
    coinOf: (address, request) => ask("eth_getBalance", [toHex(address), "latest"], quantityAnswer, request),
    codeOf: (address, request) => ask("eth_getCode", [toHex(address), "latest"], bytesAnswer, request),
    logs: (topics, from, to, request) => ask("eth_getLogs", logsParameters(topics, from, to), logsAnswer, request),
    packageEvents: (from, to, request) =>
      ask("sero_packages", [`0x${from.toString(16)}`, `0x${to.toString(16)}`], packagesAnswer, request),
    receipt: (txid, request) => ask("eth_getTransactionReceipt", [toHex(txid)], receiptAnswer, request),
    compactBlocks: (from, to, request) =>
      mapFrames(stream(settings, "compact", from, to, request?.signal), (frame) => compactFrame(frame, settings.url)),
    memos: (from, to, request) =>
      mapFrames(stream(settings, "memos", from, to, request?.signal), (frame) => memoFrame(frame, settings.url)),
  };
}

const hexNumber = (value: bigint): string => `0x${value.toString(16)}`;

/** A user name and password in the address go into a header (RFC 7617), since fetch refuses them in an address. */
function checkedUrl(url: string): Pick<Settings, "endpoint" | "headers"> {
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isHttp) throw new SeroError("rpc/url", "The node's address must start with http:// or https://.");
  const parsed = new URL(url);
  const { username, password } = parsed;
  parsed.username = "";
  parsed.password = "";
  const credentials = base64.encode(utf8(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`));
  return { endpoint: parsed.href, headers: username === "" ? {} : { authorization: `Basic ${credentials}` } };
}

async function call<T>(
  settings: Settings,
  method: string,
  parameters: readonly unknown[],
  schema: z.ZodType<T>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const response = await request(settings, settings.endpoint, signal, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: parameters }),
  });
  const text = await readText(response, settings.url, method, limit, settings.timeoutMs).catch((cause: unknown) => {
    if (cause instanceof SeroError) throw cause;
    throw signal?.aborted === true ? cancelled() : unreachable(settings.url, cause);
  });
  const reply = rpcReply.safeParse(parseJson(text));
  if (!reply.success) throw badAnswer(settings.url, method, reply.error);
  if (reply.data.error !== undefined) throw nodeError(settings.url, reply.data.error);
  try {
    return schema.parse(reply.data.result);
  } catch (cause) {
    throw badAnswer(settings.url, method, cause);
  }
}

async function* stream(
  settings: Settings,
  what: "compact" | "memos",
  from: bigint,
  to: bigint,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const address = new URL(`/sero/${what}?from=${from}&to=${to}`, settings.endpoint).href;
  const response = await withRetries(settings, signal, () => request(settings, address, signal, { method: "GET" }));
  // The range begins beyond the node's newest block: nothing to read.
  if (response.status === 404) return;
  if (!response.ok || response.body === null) throw badAnswer(settings.url, `blocks ${from} to ${to}`);
  yield* readFrames(response.body, settings.url, settings.timeoutMs);
}

async function request(
  settings: Settings,
  address: string,
  signal: AbortSignal | undefined,
  init: RequestInit,
): Promise<Response> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), settings.timeoutMs);
  try {
    const signals = signal === undefined ? [timeout.signal] : [timeout.signal, signal];
    const headers = { ...settings.headers, ...(init.headers as Record<string, string> | undefined) };
    const response = await settings.fetch(address, {
      ...init,
      headers,
      // A node that sends us elsewhere could have others see what we ask, and make us ask servers that only we can reach.
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400))
      throw badAnswer(settings.url, "a request, which was to go elsewhere,");
    if (response.status === 429 || response.status === 503)
      throw new SeroError("rpc/busy", `The node at ${settings.url} is too busy to answer. Try again in a moment.`, {
        url: settings.url,
      });
    return response;
  } catch (error) {
    if (error instanceof SeroError) throw error;
    if (signal?.aborted === true) throw cancelled();
    if (timeout.signal.aborted) throw timedOut(settings.url, settings.timeoutMs);
    throw unreachable(settings.url, error);
  } finally {
    clearTimeout(timer);
  }
}

/** The error of everything that the user cancelled. */
export const cancelled = (): SeroError => new SeroError("wallet/cancelled", "Cancelled. What was done so far is kept.");

async function withRetries<T>(
  settings: Settings,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    if (signal?.aborted === true) throw cancelled();
    try {
      return await attempt();
    } catch (error) {
      if (tried >= settings.retries || !isTransient(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, settings.backoffMs * 2 ** tried));
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* mapFrames<T>(frames: AsyncIterable<Uint8Array>, read: (frame: Uint8Array) => T): AsyncGenerator<T> {
  for await (const frame of frames) yield read(frame);
}

const LIMITS = { maxBytes: 16 << 20, maxItems: 1 << 20, maxDepth: 6 };

/** Reads rlp([header, compact block bytes]). The header stands inside as a byte string or as the list that it is. */
function compactFrame(frame: Uint8Array, url: string): CompactFrame {
  try {
    const read = rlpReader("rpc");
    const [header, compact] = read.list(decodeRlp(frame, LIMITS), "frame", 2);
    return { header: read.bytes(header, "header"), compact: read.bytes(compact, "compact block") };
  } catch (cause) {
    throw badAnswer(url, "a range of blocks", cause);
  }
}

/** Reads rlp([number, [[txid, [chunk, ...]], ...]]). */
function memoFrame(frame: Uint8Array, url: string): MemoFrame {
  try {
    const read = rlpReader("rpc");
    const [number, transactions] = read.list(decodeRlp(frame, LIMITS), "frame", 2);
    return {
      number: read.uint(number, "block number", 8),
      transactions: read.list(transactions, "transactions").map((item) => {
        const [txid, chunks] = read.list(item, "transaction", 2);
        return {
          txid: read.bytes(txid, "txid", 32) as TxId,
          chunks: read.list(chunks, "chunks").map((chunk) => read.bytes(chunk, "chunk")),
        };
      }),
    };
  } catch (cause) {
    throw badAnswer(url, "a range of memos", cause);
  }
}
