import { bloomOf, decodeHeader, type Header, type Receipt } from "@sero/execution";
import {
  decodeTransaction,
  intrinsicGas,
  priceOf,
  SeroError,
  toHex,
  type BlockHash,
  type Transaction,
  type TxId,
} from "@sero/protocol";
import type { ChainBlock } from "../chain/index.js";
import type { StoredBody } from "../store/index.js";
import type { RpcContext } from "./context.js";
import type { BlockRef } from "./schemas.js";

/** A block that methods read from: canonical, or on a side branch above finality. */
export interface ReadBlock extends ChainBlock {
  readonly body: StoredBody;
}

/** The block that a reference names, undefined when there is none. "pending" is the head: nothing public waits that is certain. */
export function findBlock(context: RpcContext, ref: BlockRef): ChainBlock | undefined {
  const { chain } = context;
  if (ref.kind === "tag") {
    if (ref.tag === "safe") return chain.safe();
    if (ref.tag === "finalized") return chain.finalized();
    return ref.tag === "earliest" ? byNumber(context, 0n) : chain.head();
  }
  if (ref.kind === "number") return byNumber(context, ref.number);
  const block = byHash(context, ref.hash);
  if (block && ref.requireCanonical && !sameHash(context.store.canonicalHash(block.number), block.hash)) {
    throw new SeroError("rpc/not-found", "This block is not canonical any more.", { hash: toHex(ref.hash) });
  }
  return block;
}

/** `findBlock` for methods that need a block. @throws SeroError `rpc/not-found` */
export function requireBlock(context: RpcContext, ref: BlockRef): ChainBlock {
  const block = findBlock(context, ref);
  if (block) return block;
  throw new SeroError("rpc/not-found", "There is no such block here.", {
    block: ref.kind === "hash" ? toHex(ref.hash) : ref.kind === "number" ? ref.number.toString() : ref.tag,
    head: context.chain.head().number.toString(),
  });
}

/** Whether the block is on the canonical chain. */
export function isCanonical(context: RpcContext, block: ChainBlock): boolean {
  return sameHash(context.store.canonicalHash(block.number), block.hash);
}

/** A block's body. @throws SeroError `rpc/pruned`, `store/damaged` */
export function bodyOf(context: RpcContext, block: ChainBlock): StoredBody {
  const body = context.store.body(block.hash);
  if (!body) throw missing(context, block, "body");
  return body;
}

/** A block's receipts. @throws SeroError `rpc/pruned`, `store/damaged` */
export function receiptsOf(context: RpcContext, block: ChainBlock): Receipt[] {
  const receipts = context.store.receipts(block.hash);
  if (!receipts) throw missing(context, block, "receipts");
  return receipts;
}

/** What a node says that threw a block's body away, or began with a snapshot. */
function prunedError(number: bigint, oldest: bigint): SeroError {
  return new SeroError(
    "rpc/pruned",
    "This node does not keep the transactions of so old a block (--keep-blocks, or it began with a snapshot). Ask a node that keeps all.",
    { number: number.toString(), oldestKept: oldest.toString() },
  );
}

function missing({ store }: RpcContext, block: ChainBlock, what: string): SeroError {
  const oldest = store.oldestBody();
  if (block.number < oldest) return prunedError(block.number, oldest);
  return new SeroError("store/damaged", `The store misses a block's ${what}.`, { hash: toHex(block.hash) });
}

/** A transaction with what JSON-RPC says of it besides its place. */
export interface DescribedTransaction {
  readonly txid: TxId;
  readonly bytes: Uint8Array;
  readonly tx: Transaction;
  readonly price: bigint;
  /** Intrinsic gas, and the gas limit of the calls. */
  readonly gas: bigint;
}

/** Decodes a stored transaction. Its bytes were checked before they were stored. */
export function describe(context: RpcContext, bytes: Uint8Array, txid: TxId): DescribedTransaction {
  const tx = decodeTransaction(bytes);
  return {
    txid,
    bytes,
    tx,
    price: priceOf(tx, context.spec),
    gas: intrinsicGas(tx, context.spec) + (tx.call?.gasLimit ?? 0n),
  };
}

/** The bloom filter of a receipt, which the store leaves out. */
export const bloomOfReceipt = (receipt: Receipt): Uint8Array => bloomOf(receipt.logs);

function byNumber(context: RpcContext, number: bigint): ChainBlock | undefined {
  if (number > context.chain.head().number) return undefined;
  const hash = context.store.canonicalHash(number);
  return hash && byHash(context, hash);
}

function byHash(context: RpcContext, hash: Uint8Array): ChainBlock | undefined {
  const recent = context.chain.get(hash);
  if (recent) return recent;
  const bytes = context.store.header(hash);
  if (!bytes) return undefined;
  const header: Header = decodeHeader(bytes);
  return { hash: hash as BlockHash, number: header.number, header };
}

function sameHash(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
