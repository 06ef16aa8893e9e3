import { decodeRlp, encodeRlp, rlpReader, type RlpItem } from "@sero/protocol";

/** Memo chunks of a block's transactions, in their order. */
export type BlockMemos = readonly (readonly Uint8Array[])[];

const LIMITS = { maxBytes: 64 * 1024 * 1024, maxItems: 4_000_000, maxDepth: 3 };

// Fields of a transaction: chainId, expiry, priceStep, anchor, bundles, outputs, memos, ...
const MEMOS_FIELD = 6;

/** The memo chunks of a stored transaction, without decoding what is not asked for: it was checked before it was stored. */
export function memosOf(transaction: Uint8Array): Uint8Array[] {
  const fields = decodeRlp(transaction.subarray(1), { maxBytes: 1 << 18, maxItems: 1 << 16, maxDepth: 16 });
  const memos = Array.isArray(fields) ? (fields as readonly RlpItem[])[MEMOS_FIELD] : undefined;
  return Array.isArray(memos) ? memos.filter((chunk): chunk is Uint8Array => chunk instanceof Uint8Array) : [];
}

/** rlp([[chunk, ...], ...]): what is kept of a block's memos when its body goes. */
export function encodeMemos(memos: BlockMemos): Uint8Array {
  return encodeRlp(memos);
}

/** Inverse of `encodeMemos`. @throws SeroError `store/*` or `rlp/*` */
export function decodeMemos(bytes: Uint8Array): BlockMemos {
  return memosFrom(decodeRlp(bytes, LIMITS));
}

/** Memos from their RLP structure. @throws SeroError `store/*` */
export function memosFrom(item: RlpItem | undefined): BlockMemos {
  const read = rlpReader("store");
  return read
    .list(item, "memos")
    .map((chunks) => read.list(chunks, "chunks").map((chunk) => read.bytes(chunk, "chunk")));
}
