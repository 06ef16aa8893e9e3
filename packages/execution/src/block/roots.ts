import { encodeRlp, keccak256 } from "@sero/protocol";
import { listRoot } from "../trie/index.js";
import { encodeWithdrawal, type Withdrawal } from "./body.js";
import { encodeReceipt, type Receipt } from "./receipt.js";

/** keccak256(rlp([])), the ommersHash of every block. */
export const EMPTY_OMMERS_HASH: Uint8Array = keccak256(encodeRlp([]));

/** Root over the transactions' bytes. */
export function transactionsRoot(transactions: readonly Uint8Array[]): Uint8Array {
  return listRoot(transactions);
}

/** Root over the receipts' bytes. */
export function receiptsRoot(receipts: readonly Receipt[]): Uint8Array {
  return listRoot(receipts.map(encodeReceipt));
}

/** Root over the withdrawals (EIP-4895). */
export function withdrawalsRoot(withdrawals: readonly Withdrawal[]): Uint8Array {
  return listRoot(withdrawals.map(encodeWithdrawal));
}
