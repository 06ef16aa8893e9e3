import { readFileSync } from "node:fs";
import { join } from "node:path";
import { headerHash, type Header } from "@sero/execution";
import { fromHex, toHex, type ChainSpec } from "@sero/protocol";
import { expect } from "vitest";
import {
  executionPayloadV2,
  executionPayloadV3,
  payloadJson,
  payloadV2,
  payloadV3,
} from "../../src/engine/json/payload.js";
import { issueToken, type NodeOptions } from "../../src/index.js";
import { startTestNode, testSpec, type RpcFailure, type TestNode } from "./node.js";

export const ZERO = `0x${"00".repeat(32)}`;
export const ROOT = `0x${"b0".repeat(32)}`;

export interface PayloadJson extends Record<string, unknown> {
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly parentHash: string;
  readonly timestamp: string;
  readonly transactions: string[];
}
export interface StatusJson {
  readonly status: string;
  readonly latestValidHash: string | null;
  readonly validationError: string | null;
}
export interface ForkchoiceJson {
  readonly payloadStatus: StatusJson;
  readonly payloadId: string | null;
}
export interface BuiltJson {
  readonly executionPayload: PayloadJson;
  readonly blockValue: string;
  readonly blobsBundle?: unknown;
  readonly shouldOverrideBuilder?: boolean;
  readonly executionRequests?: string[];
}

/** A node as its consensus client sees it. */
export interface EngineNode {
  readonly test: TestNode;
  call<T>(method: string, ...params: unknown[]): Promise<T>;
  post(token: string | undefined, body: unknown): Promise<Response>;
  token(): string;
  secret(): Uint8Array;
  /** engine_newPayload, of the version that fits Shanghai or, with a beacon root, Cancun and, with requests, later forks. */
  newPayload(payload: PayloadJson, root?: string, requests?: readonly string[]): Promise<StatusJson>;
  /** engine_forkchoiceUpdatedV2 or, for attributes with a beacon root, V3. */
  forkchoice(head: string, more?: { safe?: string; finalized?: string; attributes?: object }): Promise<ForkchoiceJson>;
  /** A payload on `parent`, whose number of seconds since genesis is `at`; the head of this node moves to `parent`. */
  build(parent: string, at: bigint, more?: object): Promise<PayloadJson>;
  /** The same with all of the answer. */
  buildAll(parent: string, at: bigint, more?: object): Promise<BuiltJson>;
  /** A chain of payloads on `parent`, each accepted here as VALID and made the head. */
  grow(parent: string, at: bigint, count: number, more?: object): Promise<PayloadJson[]>;
  head(): string;
  readonly genesis: string;
}

/** Starts a node with an engine port and no sealer of its own accord. */
export async function startEngineNode(options: Partial<NodeOptions> = {}): Promise<EngineNode> {
  const spec: ChainSpec = options.spec ?? testSpec();
  const test = await startTestNode({ ...options, spec, engine: { port: 0 } });
  const genesis = toHex(test.node.context.genesisHash);
  const secret = (): Uint8Array =>
    Uint8Array.from(Buffer.from(readFileSync(join(test.dataDir, "jwt.hex"), "utf8").trim().slice(2), "hex"));
  const token = (): string => issueToken(secret(), Math.floor(Date.now() / 1000));
  const post: EngineNode["post"] = (bearer, body) =>
    fetch(test.node.engineUrl!, {
      method: "POST",
      headers: { "content-type": "application/json", ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      body: JSON.stringify(body),
    });
  const call: EngineNode["call"] = async <T>(method: string, ...params: unknown[]) => {
    const response = await post(token(), { jsonrpc: "2.0", id: 1, method, params });
    const reply = (await response.json()) as { result: T; error?: RpcFailure };
    if (reply.error) throw Object.assign(new Error(reply.error.message), reply.error);
    return reply.result;
  };
  const newPayload: EngineNode["newPayload"] = (payload, root, requests) => {
    if (root === undefined) return call("engine_newPayloadV2", payload);
    return requests
      ? call("engine_newPayloadV4", payload, [], root, requests)
      : call("engine_newPayloadV3", payload, [], root);
  };
  const forkchoice: EngineNode["forkchoice"] = (head, { safe = ZERO, finalized = ZERO, attributes } = {}) => {
    const version = typeof attributes === "object" && "parentBeaconBlockRoot" in attributes ? 3 : 2;
    const state = { headBlockHash: head, safeBlockHash: safe, finalizedBlockHash: finalized };
    return call(`engine_forkchoiceUpdatedV${version}`, state, attributes ?? null);
  };
  const buildAll: EngineNode["buildAll"] = async (parent, at, more = {}) => {
    const attributes = attributesAt(spec.genesisTime + at, more);
    const started = await forkchoice(parent, { attributes });
    expect(started.payloadStatus).toEqual(valid(parent));
    // A busy machine may need longer than a consensus client has patience: these tests are about something else.
    await test.node.context.engine.getPayload(fromHex(started.payloadId!), Infinity);
    return call(`engine_getPayloadV${versionAt(spec, spec.genesisTime + at)}`, started.payloadId);
  };
  const build: EngineNode["build"] = async (parent, at, more) => (await buildAll(parent, at, more)).executionPayload;
  return {
    test,
    call,
    post,
    token,
    secret,
    newPayload,
    forkchoice,
    build,
    buildAll,
    async grow(parent, at, count, more) {
      const payloads: PayloadJson[] = [];
      for (let i = 0; i < count; i++) {
        const payload = await build(payloads.at(-1)?.blockHash ?? parent, at + BigInt(4 * i), more);
        expect(await newPayload(payload)).toEqual(valid(payload.blockHash));
        payloads.push(payload);
      }
      await forkchoice(payloads.at(-1)?.blockHash ?? parent);
      return payloads;
    },
    head: () => toHex(test.node.context.chain.head().hash),
    genesis,
  };
}

function versionAt(spec: ChainSpec, timestamp: bigint): number {
  return 2 + [spec.cancunTime, spec.pragueTime, spec.osakaTime].filter((t) => t !== undefined && t <= timestamp).length;
}

export const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** PayloadAttributes of Shanghai, or with what `more` adds. */
export const attributesAt = (timestamp: bigint, more: object = {}): object => ({
  timestamp: hex(timestamp),
  prevRandao: `0x${"07".repeat(32)}`,
  suggestedFeeRecipient: `0x${"fe".repeat(20)}`,
  withdrawals: [],
  ...more,
});

export const valid = (hash: string): StatusJson => ({ status: "VALID", latestValidHash: hash, validationError: null });
export const SYNCING: StatusJson = { status: "SYNCING", latestValidHash: null, validationError: null };
export const invalid = (latestValidHash: string | null): object => ({
  status: "INVALID",
  latestValidHash,
  validationError: expect.any(String) as string,
});

/** The payload with a changed header, or other transactions, and the hash that goes with it. */
export function altered(
  payload: PayloadJson,
  change: Partial<Header>,
  transactions: string[] = payload.transactions,
): PayloadJson {
  const { block } = payloadV2(executionPayloadV2.parse({ ...payload, transactions }));
  const header = { ...block.header, ...change };
  return payloadJson({ hash: headerHash(header), block: { ...block, header } }) as unknown as PayloadJson;
}

/** The same for a payload of Cancun. */
export function alteredV3(payload: PayloadJson, root: string, change: Partial<Header>): PayloadJson {
  const { block } = payloadV3(executionPayloadV3.parse(payload), {
    parentBeaconRoot: Buffer.from(root.slice(2), "hex"),
  });
  const header = { ...block.header, ...change };
  return payloadJson({ hash: headerHash(header), block: { ...block, header } }) as unknown as PayloadJson;
}
