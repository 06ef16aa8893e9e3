import { decodeBody as decodeBodyRlp, encodeBody as encodeBodyRlp, type Body } from "@sero/execution";
import { concatBytes, SeroError, type TxId } from "@sero/protocol";

/** A block's body as stored: with the txids, which cost a hash over each transaction to compute. */
export interface StoredBody extends Body {
  /** In the order of the transactions. */
  readonly txids: readonly TxId[];
}

/** Layout: number of transactions u32 big-endian, their txids, then RLP of [transactions, [], withdrawals]. */
export function encodeStoredBody(body: StoredBody): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, body.txids.length);
  return concatBytes(count, ...body.txids, encodeBodyRlp(body));
}

/** The RLP part of a stored body. @throws SeroError `store/damaged` */
export function bodyBytesOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(4 + 32 * countOf(bytes));
}

function countOf(bytes: Uint8Array): number {
  const count = bytes.length < 4 ? Infinity : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (4 + 32 * count > bytes.length) throw damaged();
  return count;
}

/** @throws SeroError `store/damaged` */
export function decodeStoredBody(bytes: Uint8Array): StoredBody {
  const count = countOf(bytes);
  const txids = Array.from({ length: count }, (_, i) => bytes.slice(4 + 32 * i, 36 + 32 * i) as TxId);
  const body = decodeBodyRlp(bodyBytesOf(bytes));
  if (body.transactions.length !== count) throw damaged();
  return { ...body, txids };
}

function damaged(): SeroError {
  return new SeroError(
    "store/damaged",
    "A stored block is damaged. Let the node sync again into a new data directory.",
  );
}
