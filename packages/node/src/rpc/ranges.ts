import { decodeCompactBlock, encodeRlp, rlpUint, SeroError, type RlpItem } from "@sero/protocol";
import { memosOf } from "../store/memos.js";
import type { RpcContext } from "./context.js";

/** What wallets download: whole ranges of blocks, never single notes or transactions (attack G49). */
export interface BlockRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** One block for scanning: its header, that the wallet checks the hash chain with, and its compact block. Both as canonical bytes. */
export interface ScanBlock {
  readonly header: Uint8Array;
  readonly compact: Uint8Array;
}

/** Memo chunks of one transaction. */
export interface TransactionMemos {
  readonly txid: Uint8Array;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Cuts a range off at the head.
 *
 * @param most blocks that one request may cover; undefined for streams, which have no end of their own
 * @throws SeroError `rpc/params` when it is upside down or begins after the head
 */
export function checkRange(context: RpcContext, range: BlockRange, most?: bigint): BlockRange {
  const head = context.chain.head().number;
  if (range.to < range.from) throw new SeroError("rpc/params", "A range ends at or after its beginning.");
  if (range.from > head) {
    throw new SeroError("rpc/not-found", "The range begins after the newest block.", {
      from: range.from.toString(),
      head: head.toString(),
    });
  }
  let to = range.to < head ? range.to : head;
  if (most !== undefined && to - range.from >= most) to = range.from + most - 1n;
  return { from: range.from, to };
}

/** The canonical block of a number for scanning; undefined once a reorganisation has taken it away. */
export function scanBlock(context: RpcContext, number: bigint): ScanBlock | undefined {
  const hash = context.store.canonicalHash(number);
  const header = hash && context.store.header(hash);
  const compact = hash && context.store.compact(hash);
  return header && compact && { header, compact };
}

/** The memo chunks of a canonical block's transactions; undefined once a reorganisation has taken it away. */
export function blockMemos(context: RpcContext, number: bigint): TransactionMemos[] | undefined {
  const hash = context.store.canonicalHash(number);
  const body = hash && context.store.body(hash);
  if (body) return body.transactions.map((bytes, i) => ({ txid: body.txids[i]!, chunks: memosOf(bytes) }));
  const memos = hash && context.store.memos(hash);
  const compact = hash && context.store.compact(hash);
  if (!memos || !compact) return undefined;
  return decodeCompactBlock(compact).transactions.map(({ txid }, i) => ({ txid, chunks: memos[i] ?? [] }));
}

/** rlp([number, [[txid, [chunk...]]...]]): one frame of the memo stream. */
export function memoFrame(number: bigint, memos: readonly TransactionMemos[]): Uint8Array {
  return encodeRlp([rlpUint(number), memos.map(({ txid, chunks }): RlpItem => [txid, chunks])]);
}

/** rlp([header, compact]): one frame of the compact stream, both as byte strings. */
export function compactFrame({ header, compact }: ScanBlock): Uint8Array {
  return encodeRlp([header, compact]);
}
