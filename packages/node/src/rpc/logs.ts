import type { Log } from "@sero/execution";
import { equalBytes, keccak256, SeroError } from "@sero/protocol";
import type { ChainBlock, HeadChange } from "../chain/index.js";
import { bodyOf, findBlock, isCanonical, receiptsOf, requireBlock } from "./blocks.js";
import type { RpcContext } from "./context.js";
import { logJson } from "./format.js";
import type { Json } from "./json.js";
import type { LogFilterRequest } from "./schemas.js";

/** Blocks that one request may cover, and after how many the node does something else in between. */
const MAX_BLOCKS = 10_000n;
const BREATH = 256n;
/** Logs that one answer may hold. */
const MAX_LOGS = 10_000;

/** A log with its place on the chain. */
export interface PlacedLog {
  readonly log: Log;
  readonly block: ChainBlock;
  readonly txid: Uint8Array;
  /** Of the transaction in its block. */
  readonly transactionIndex: number;
  /** Of the log in its block. */
  readonly logIndex: number;
}

/** What logs must match; the form of `LogFilterRequest` without the blocks. */
export type LogMatch = Pick<LogFilterRequest, "address" | "topics">;

/**
 * The logs that a request names.
 *
 * @throws SeroError `rpc/limit` when the range or the answer is too large, `rpc/not-found` for an unknown block
 */
export async function findLogs(context: RpcContext, filter: LogFilterRequest): Promise<Json[]> {
  if (filter.blockHash) {
    const block = requireBlock(context, { kind: "hash", hash: filter.blockHash, requireCanonical: false });
    return logsOfBlock(context, block, filter).map((log) => logJson(log, false));
  }
  const head = context.chain.head().number;
  const from = requireBlock(context, filter.fromBlock ?? { kind: "tag", tag: "latest" }).number;
  const to = filter.toBlock ? (findBlock(context, filter.toBlock)?.number ?? head) : head;
  return (await logsInRange(context, from, to, filter)).map((log) => logJson(log, false));
}

/**
 * The canonical logs of a range of blocks that match, in order.
 *
 * @throws SeroError `rpc/limit` when the range or the answer is too large, `rpc/not-found` when a reorganisation cuts in
 */
export async function logsInRange(
  context: RpcContext,
  from: bigint,
  to: bigint,
  match: LogMatch,
): Promise<PlacedLog[]> {
  if (to - from >= MAX_BLOCKS) {
    throw new SeroError("rpc/limit", `Ask for the logs of at most ${MAX_BLOCKS} blocks at a time.`, {
      blocks: (to - from + 1n).toString(),
    });
  }
  const logs: PlacedLog[] = [];
  let block: ChainBlock | undefined;
  for (let number = from; number <= to; number++) {
    if (block && number % BREATH === 0n) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isCanonical(context, block)) throw reorganised("logs");
    }
    block = requireBlock(context, { kind: "number", number });
    for (const log of logsOfBlock(context, block, match)) logs.push(log);
    if (logs.length > MAX_LOGS) {
      throw new SeroError("rpc/limit", `More than ${MAX_LOGS} logs match. Ask for fewer blocks at a time.`, {
        upTo: number.toString(),
      });
    }
  }
  return logs;
}

/** The logs that a change of head brings: those of blocks that left, marked as removed, then those of blocks that joined. */
export function logsOfChange(context: RpcContext, change: HeadChange, match: LogMatch): Json[] {
  return [
    // Undone in the order opposite to the one in which they came.
    ...change.left.flatMap((block) =>
      logsOfBlock(context, block, match)
        .reverse()
        .map((log) => logJson(log, true)),
    ),
    ...change.joined.flatMap((block) => logsOfBlock(context, block, match).map((log) => logJson(log, false))),
  ];
}

/** The matching logs of one block, in order. */
export function logsOfBlock(context: RpcContext, block: ChainBlock, match: LogMatch): PlacedLog[] {
  if (!mayHold(block.header.logsBloom, match)) return [];
  const { txids } = bodyOf(context, block);
  const found: PlacedLog[] = [];
  let logIndex = 0;
  receiptsOf(context, block).forEach(({ logs }, transactionIndex) => {
    for (const log of logs) {
      const place = { log, block, txid: txids[transactionIndex]!, transactionIndex, logIndex };
      if (matches(log, match)) found.push(place);
      logIndex++;
    }
  });
  return found;
}

/** What is said when a range is not of one chain any more. */
export function reorganised(what: string): SeroError {
  return new SeroError("rpc/not-found", `The chain reorganised while its ${what} were read. Ask again.`);
}

function matches(log: Log, filter: LogMatch): boolean {
  if (filter.address && !filter.address.some((address) => equalBytes(address, log.address))) return false;
  return (filter.topics ?? []).every((wanted, i) => {
    // An empty list, like null, lets every topic pass, but there must be one only if one is wanted.
    if (wanted === null || wanted.length === 0) return true;
    const topic = log.topics[i];
    return topic !== undefined && wanted.some((one) => equalBytes(one, topic));
  });
}

/** Whether a block's bloom filter allows a match (Yellow Paper 4.4.1). Spares reading the receipts of most blocks. */
function mayHold(bloom: Uint8Array, filter: LogMatch): boolean {
  if (filter.address?.length && !filter.address.some((address) => inBloom(bloom, address))) return false;
  return (filter.topics ?? []).every(
    (wanted) => wanted === null || wanted.length === 0 || wanted.some((topic) => inBloom(bloom, topic)),
  );
}

function inBloom(bloom: Uint8Array, value: Uint8Array): boolean {
  const hash = keccak256(value);
  for (let i = 0; i < 6; i += 2) {
    const bit = (((hash[i] ?? 0) << 8) | (hash[i + 1] ?? 0)) & 2047;
    if (((bloom[bloom.length - 1 - (bit >> 3)] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
