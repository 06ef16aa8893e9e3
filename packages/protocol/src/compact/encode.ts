import { fieldToBytes } from "../field/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { checkCompactBlock } from "./check.js";
import type { CompactBlock, CompactBundle, CompactTransaction, PoolEntry } from "./types.js";

/** The number that stands for each kind of entry. */
export const ENTRY_KINDS: Readonly<Record<PoolEntry["kind"], number>> = {
  completed: 1,
  released: 2,
  repacked: 3,
  sealed: 4,
};

const NONE = new Uint8Array(0);

const bundleItem = ({ nullifiers, rk, outputs }: CompactBundle): RlpItem => [
  ...nullifiers.map(fieldToBytes),
  rk,
  ...outputs.flatMap(({ commitment, ciphertext }) => [fieldToBytes(commitment), ciphertext]),
];

const transactionItem = (tx: CompactTransaction): RlpItem => [
  tx.txid,
  tx.bundles.map(bundleItem),
  tx.packages.map(rlpUint),
  tx.memoDigest,
  rlpUint(tx.fee),
  tx.call === undefined
    ? []
    : [tx.call.pseudonym, rlpUint(tx.call.coin), rlpUint(tx.call.gasUsed), rlpUint(tx.call.status)],
];

function entryItem(entry: PoolEntry): RlpItem {
  // 0 is no transaction, so that genesis needs no form of its own.
  const head = [rlpUint(ENTRY_KINDS[entry.kind]), rlpUint((entry.transaction ?? -1) + 1)];
  switch (entry.kind) {
    case "completed":
      return [
        ...head,
        fieldToBytes(entry.inner),
        fieldToBytes(entry.asset),
        rlpUint(entry.value),
        entry.ciphertext ?? NONE,
      ];
    case "released":
      return [...head, entry.id, fieldToBytes(entry.commitment)];
    case "repacked":
      return [...head, fieldToBytes(entry.commitment), entry.ciphertext];
    case "sealed":
      return [...head, entry.id, fieldToBytes(entry.commitment), entry.ciphertext];
  }
}

/**
 * The canonical bytes of a compact block: RLP in the order of docs/protocol/tree-and-compact-blocks.md. The Pool's stream digest
 * commits to them. Throws `compact/*` for a block that `decodeCompactBlock` would refuse.
 */
export function encodeCompactBlock(block: CompactBlock): Uint8Array {
  checkCompactBlock(block);
  return encodeRlp([
    rlpUint(block.number),
    rlpUint(block.firstLeaf),
    block.transactions.map(transactionItem),
    block.entries.map(entryItem),
    [...block.credited],
  ]);
}
