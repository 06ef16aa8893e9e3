import { decodeRlp, encodeRlp, rlpReader, rlpUint, type EthAddress, type RlpItem } from "@sero/protocol";
import { headerFromItem, headerItem, type Header } from "./header.js";

/** EIP-4895: coin that the consensus layer sends to an address. */
export interface Withdrawal {
  readonly index: bigint;
  readonly validatorIndex: bigint;
  readonly address: EthAddress;
  /** In units of 10^9 base units ("Gwei"). */
  readonly amount: bigint;
}

/** What a block carries besides its header. Transactions are their bytes as they were sent, type byte included. */
export interface Body {
  readonly transactions: readonly Uint8Array[];
  readonly withdrawals: readonly Withdrawal[];
}

/** A whole block. */
export interface Block extends Body {
  readonly header: Header;
}

/** Most bytes of a block or body; far above what the gas limit lets in. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

const LIMITS = { maxBytes: MAX_BLOCK_BYTES, maxItems: 100_000, maxDepth: 4 };

/** RLP of a withdrawal, the leaf of the withdrawals trie. */
export function encodeWithdrawal(withdrawal: Withdrawal): Uint8Array {
  return encodeRlp(withdrawalItem(withdrawal));
}

function withdrawalItem(withdrawal: Withdrawal): RlpItem {
  const { index, validatorIndex, address, amount } = withdrawal;
  return [rlpUint(index), rlpUint(validatorIndex), address, rlpUint(amount)];
}

function bodyItems(body: Body): RlpItem[] {
  return [body.transactions, [], body.withdrawals.map(withdrawalItem)];
}

function bodyFromItems(items: readonly RlpItem[]): Body {
  const read = rlpReader("body");
  const [transactions, ommers, withdrawals] = items;
  read.list(ommers, "list of ommers", 0);
  return {
    transactions: read.list(transactions, "transactions").map((item) => read.bytes(item, "transaction")),
    withdrawals: read.list(withdrawals, "withdrawals").map((item) => {
      const fields = read.list(item, "withdrawal", 4);
      return {
        index: read.uint(fields[0], "withdrawal index", 8),
        validatorIndex: read.uint(fields[1], "validator index", 8),
        address: read.bytes(fields[2], "withdrawal address", 20) as EthAddress,
        amount: read.uint(fields[3], "withdrawal amount", 8),
      };
    }),
  };
}

/** RLP of [transactions, [], withdrawals], each transaction a byte string (EIP-2718). */
export function encodeBody(body: Body): Uint8Array {
  return encodeRlp(bodyItems(body));
}

/** Inverse of `encodeBody`. @throws SeroError `body/*` or `rlp/*` */
export function decodeBody(bytes: Uint8Array): Body {
  return bodyFromItems(rlpReader("body").list(decodeRlp(bytes, LIMITS), "body", 3));
}

/** RLP of a whole block: [header, transactions, [], withdrawals]. */
export function encodeBlock(block: Block): Uint8Array {
  return encodeRlp([headerItem(block.header), ...bodyItems(block)]);
}

/** Inverse of `encodeBlock`. @throws SeroError `body/*`, `header/*` or `rlp/*` */
export function decodeBlock(bytes: Uint8Array): Block {
  const items = rlpReader("body").list(decodeRlp(bytes, LIMITS), "block", 4);
  return { header: headerFromItem(items[0]!), ...bodyFromItems(items.slice(1)) };
}
