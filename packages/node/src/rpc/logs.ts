import type { Log } from "@sero/execution";
import { equalBytes, keccak256, SeroError } from "@sero/protocol";
import type { ChainBlock, HeadChange } from "../chain/index.js";
import { bodyOf, findBlock, receiptsOf, requireBlock } from "./blocks.js";
import type { RpcContext } from "./context.js";
import { logJson } from "./format.js";
import type { Json } from "./json.js";
import type { LogFilterRequest } from "./schemas.js";

/** Blocks that one request may cover. */
const MAX_BLOCKS = 10_000n;
/** Logs that one answer may hold. */
const MAX_LOGS = 10_000;

/**
 * The logs that a request names.
 *
 * @throws SeroError `rpc/limit` when the range or the answer is too large, `rpc/not-found` for an unknown block
 */
export function findLogs(context: RpcContext, filter: LogFilterRequest): Json[] {
  if (filter.blockHash) {
    const block = requireBlock(context, { kind: "hash", hash: filter.blockHash, requireCanonical: false });
    return logsOfBlock(context, block, filter, false);
  }
  const head = context.chain.head().number;
  const from = requireBlock(context, filter.fromBlock ?? { kind: "tag", tag: "latest" }).number;
  const to = filter.toBlock ? (findBlock(context, filter.toBlock)?.number ?? head) : head;
  if (to - from >= MAX_BLOCKS) {
    throw new SeroError("rpc/limit", `Ask for the logs of at most ${MAX_BLOCKS} blocks at a time.`, {
      blocks: (to - from + 1n).toString(),
    });
  }
  const logs: Json[] = [];
  for (let number = from; number <= to; number++) {
    logs.push(...logsOfBlock(context, requireBlock(context, { kind: "number", number }), filter, false));
    if (logs.length > MAX_LOGS) {
      throw new SeroError("rpc/limit", `More than ${MAX_LOGS} logs match. Ask for fewer blocks at a time.`, {
        upTo: number.toString(),
      });
    }
  }
  return logs;
}

/** The logs that a change of head brings: those of blocks that left, marked as removed, then those of blocks that joined. */
export function logsOfChange(context: RpcContext, change: HeadChange, filter: LogFilterRequest): Json[] {
  return [
    ...change.left.flatMap((block) => logsOfBlock(context, block, filter, true)),
    ...change.joined.flatMap((block) => logsOfBlock(context, block, filter, false)),
  ];
}

function logsOfBlock(context: RpcContext, block: ChainBlock, filter: LogFilterRequest, removed: boolean): Json[] {
  if (!mayHold(block.header.logsBloom, filter)) return [];
  const body = bodyOf(context, block);
  const logs: Json[] = [];
  let logIndex = 0;
  receiptsOf(context, block).forEach((receipt, index) => {
    for (const log of receipt.logs) {
      if (matches(log, filter)) logs.push(logJson(log, block, body.txids[index]!, index, logIndex, removed));
      logIndex++;
    }
  });
  return logs;
}

function matches(log: Log, filter: LogFilterRequest): boolean {
  if (filter.address && !filter.address.some((address) => equalBytes(address, log.address))) return false;
  return (filter.topics ?? []).every((wanted, i) => {
    // An empty list, like null, lets every topic pass, but there must be one only if one is wanted.
    if (wanted === null || wanted.length === 0) return true;
    const topic = log.topics[i];
    return topic !== undefined && wanted.some((one) => equalBytes(one, topic));
  });
}

/** Whether a block's bloom filter allows a match (Yellow Paper 4.4.1). Spares reading the receipts of most blocks. */
function mayHold(bloom: Uint8Array, filter: LogFilterRequest): boolean {
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
