import { fieldToBytes } from "../field/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { checkCompactBlock } from "./check.js";
import type { CompactBlock, CompactBundle, CompactTransaction, CompletedNote } from "./types.js";

/** Kind of a leaf that the chain completed itself; 2 is reserved for packages released to the tree. */
export const COMPLETED_LEAF = 1;

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
  tx.pseudonym ?? NONE,
];

const completedItem = ({ inner, asset, value, ciphertext }: CompletedNote): RlpItem => [
  rlpUint(COMPLETED_LEAF),
  fieldToBytes(inner),
  fieldToBytes(asset),
  rlpUint(value),
  ciphertext ?? NONE,
];

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
    block.completed.map(completedItem),
    [...block.credited],
  ]);
}
