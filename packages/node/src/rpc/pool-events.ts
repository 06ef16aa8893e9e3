import { POOL_TOPICS as TOPICS, type Log } from "@sero/execution";
import { bytesToBigInt, POOL_ADDRESS, toHex } from "@sero/protocol";
import type { RpcContext } from "./context.js";
import { data, quantity, type Json } from "./json.js";
import { logsInRange, type PlacedLog } from "./logs.js";
import { checkRange, type BlockRange } from "./ranges.js";

/** Topics of the Pool's events that are answered by ranges, by the names of the answers. */
export const POOL_TOPICS = {
  assetRegistered: TOPICS.assetRegistered,
  created: TOPICS.packageCreated,
  transferred: TOPICS.packageTransferred,
  released: TOPICS.packageReleased,
  repacked: TOPICS.packageRepacked,
  sealed: TOPICS.packageSealed,
} as const;

const PACKAGE_EVENTS = ["created", "transferred", "released", "repacked", "sealed"] as const;

type PackageEvent = (typeof PACKAGE_EVENTS)[number];

/** Blocks that one request may cover: as many as one of logs. */
const MAX_BLOCKS = 10_000n;

/**
 * The assets that came into the Pool for the first time in a range of blocks, in order. By ranges, never by asset: who asks about one says
 * that he holds it (attack G49).
 *
 * @throws SeroError `rpc/params`, `rpc/not-found`, `rpc/limit`
 */
export async function assetsInRange(context: RpcContext, range: BlockRange): Promise<Json[]> {
  const logs = await poolLogs(context, range, [POOL_TOPICS.assetRegistered]);
  return logs.map(({ log, block }) => ({
    asset: data(log.topics[1]!),
    kind: word(log.data, 0) === 2n ? "ticket" : "token",
    token: data(log.topics[2]!.subarray(12)),
    id: quantity(word(log.data, 1)),
    block: quantity(block.number),
  }));
}

/**
 * What became of packages in a range of blocks, in order.
 *
 * @throws SeroError `rpc/params`, `rpc/not-found`, `rpc/limit`
 */
export async function packageEventsInRange(context: RpcContext, range: BlockRange): Promise<Json[]> {
  const topics = PACKAGE_EVENTS.map((name) => POOL_TOPICS[name]);
  const logs = await poolLogs(context, range, topics);
  return logs.map(packageEventJson);
}

async function poolLogs(context: RpcContext, range: BlockRange, topics: readonly Uint8Array[]): Promise<PlacedLog[]> {
  const { from, to } = checkRange(context, range, MAX_BLOCKS);
  return logsInRange(context, from, to, { address: [POOL_ADDRESS], topics: [[...topics]] });
}

function packageEventJson({ log, block, txid, logIndex }: PlacedLog): Json {
  const event = NAMES.get(toHex(log.topics[0]!))!;
  return {
    event,
    id: data(log.topics[1]!),
    ...packageFields(event, log),
    block: quantity(block.number),
    transactionHash: data(txid),
    logIndex: quantity(logIndex),
  };
}

function packageFields(event: PackageEvent, { topics, data: bytes }: Log): { readonly [key: string]: Json } {
  const address = (topic: Uint8Array | undefined): string => data(topic!.subarray(12));
  if (event === "transferred") return { from: address(topics[2]), to: address(topics[3]) };
  if (event === "repacked") return {};
  const commitment = data(bytes.subarray(0, 32));
  return event === "released" ? { commitment } : { commitment, controller: address(topics[2]) };
}

const NAMES = new Map(PACKAGE_EVENTS.map((name) => [toHex(POOL_TOPICS[name]), name]));

function word(bytes: Uint8Array, index: number): bigint {
  return bytesToBigInt(bytes.subarray(32 * index, 32 * index + 32));
}
