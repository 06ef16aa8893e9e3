import {
  MAX_MEMO_CHUNKS,
  equalBytes,
  memoDigest,
  type BlockHash,
  type CompactTransaction,
  type SeroError,
} from "@sero/protocol";
import { cancelled, lying, type MemoFrame, type NodeClient } from "../rpc/index.js";
import { checkFrame, type CheckedBlock } from "./check.js";
import { trialOf, type BlockHits } from "./hits.js";
import type { BlockMark, TrialEngine } from "./types.js";

/** A chunk ends after so many bytes: bounds memory whatever the blocks hold. */
const CHUNK_BYTES = 4 << 20;
const CHUNK_BLOCKS = 512n;

/** A run of checked blocks on its way through the workers. */
export interface Chunk {
  readonly blocks: readonly CheckedBlock[];
  readonly memos: ReadonlyMap<bigint, MemoFrame>;
  /** One entry a block. */
  readonly hits: Promise<readonly BlockHits[]>;
}

/** What a download needs. */
export interface ChunkSource {
  readonly client: NodeClient;
  readonly engine: TrialEngine;
  readonly genesisHash: BlockHash;
  readonly signal: AbortSignal | undefined;
  /** Called as soon as the range is downloaded whole, before its last part is decrypted. */
  readonly onDownloaded?: ((last: BlockMark) => void) | undefined;
}

/**
 * Downloads the blocks after `previous` up to `to`, whole ranges with all their memos (asking for some would tell which are ours), and hands
 * their outputs to the trial engine. Throws rpc/*.
 */
export async function* downloadChunks(
  source: ChunkSource,
  previous: BlockMark | undefined,
  to: bigint,
): AsyncGenerator<Chunk> {
  const { client, engine, genesisHash, signal, onDownloaded } = source;
  let last = previous;
  while ((last?.number ?? -1n) < to) {
    if (signal?.aborted === true) throw cancelled();
    const from = (last?.number ?? -1n) + 1n;
    const end = from + CHUNK_BLOCKS - 1n < to ? from + CHUNK_BLOCKS - 1n : to;
    const blocks: CheckedBlock[] = [];
    let bytes = 0;
    for await (const frame of client.compactBlocks(from, end, { signal })) {
      const block = checkFrame(last, frame, genesisHash, client.url);
      blocks.push(block);
      last = block.mark;
      bytes += block.bytes;
      if (bytes >= CHUNK_BYTES || last.number >= end) break;
    }
    // The node has no more blocks than it said: a reorganisation shortened its chain, or it is behind.
    if (blocks.length === 0) return;
    const memos = await downloadMemos(source, blocks);
    if (last?.number === to) onDownloaded?.(last);
    const hits = trialOf(blocks, engine);
    // A chunk that is never used (the user cancelled) must not become an unhandled rejection.
    hits.catch(() => undefined);
    yield { blocks, memos, hits };
  }
}

/**
 * The memos of these blocks, each checked against the digest that its compact block commits to. All are checked, and before anything is
 * decrypted: a wallet that noticed false memos of its own transactions only would tell the node which those are (attack D33). Throws rpc/lying.
 */
async function downloadMemos(
  { client, signal }: ChunkSource,
  blocks: readonly CheckedBlock[],
): Promise<ReadonlyMap<bigint, MemoFrame>> {
  const [first, last] = [blocks[0]?.mark.number ?? 0n, blocks.at(-1)?.mark.number ?? 0n];
  const memos = new Map<bigint, MemoFrame>();
  const falseMemos = (block: bigint): SeroError =>
    lying(client.url, "memos are missing or false", { block: block.toString() });
  for await (const frame of client.memos(first, last, { signal })) {
    const block = blocks[memos.size];
    if (block === undefined) break;
    const { transactions } = block.compact;
    const isTrue =
      frame.number === block.mark.number &&
      frame.transactions.length === transactions.length &&
      transactions.every((tx, i) => isMemoOf(tx, frame.transactions[i]));
    if (!isTrue) throw falseMemos(block.mark.number);
    memos.set(frame.number, frame);
    if (memos.size === blocks.length) break;
  }
  if (memos.size < blocks.length) throw falseMemos(first + BigInt(memos.size));
  return memos;
}

const isMemoOf = (tx: CompactTransaction, entry: MemoFrame["transactions"][0] | undefined): boolean =>
  entry !== undefined &&
  entry.chunks.length <= MAX_MEMO_CHUNKS &&
  equalBytes(entry.txid, tx.txid) &&
  equalBytes(memoDigest(entry.chunks), tx.memoDigest);

/** Runs a source up to `depth` items ahead of its consumer. */
export async function* ahead<T>(source: AsyncGenerator<T>, depth: number): AsyncGenerator<T> {
  const queue: Promise<IteratorResult<T>>[] = [];
  const fill = (): void => {
    while (queue.length < depth) {
      const next = source.next();
      next.catch(() => undefined);
      queue.push(next);
    }
  };
  try {
    fill();
    for (;;) {
      const next = await queue.shift();
      if (next === undefined || next.done === true) return;
      fill();
      yield next.value;
    }
  } finally {
    // Without waiting: the source may be in the middle of a slow download.
    void source.return(undefined).catch(() => undefined);
  }
}
