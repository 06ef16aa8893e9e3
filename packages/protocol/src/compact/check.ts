import { isField } from "../field/index.js";
import { CIPHERTEXT_BYTES } from "../note/index.js";
import { AMOUNT_LIMIT, MAX_BUNDLES, OUTPUTS_PER_BUNDLE, RK_BYTES, UINT64_LIMIT } from "../transaction/limits.js";
import { TREE_CAPACITY } from "../tree/index.js";
import { SeroError } from "../errors.js";
import type { CompactBlock, CompactTransaction, PoolEntry } from "./types.js";

/** Most bytes of a compact block: more than any gas limit lets through. */
export const MAX_COMPACT_BLOCK_BYTES = 1 << 25;

const refuse = (message: string): SeroError => new SeroError("compact/encoding", message);

const isBytes = (bytes: Uint8Array, length: number): boolean => bytes.length === length;

function checkTransaction(tx: CompactTransaction): void {
  if (tx.bundles.length < 1 || tx.bundles.length > MAX_BUNDLES) throw refuse("A transaction has 1 to 8 bundles.");
  for (const { nullifiers, rk, outputs } of tx.bundles) {
    const commitments = outputs.map(({ commitment }) => commitment);
    if (nullifiers.length !== 2 || outputs.length !== 3 || !isBytes(rk, RK_BYTES))
      throw refuse("A bundle has two nullifiers, three outputs and 32 bytes of rk.");
    if (![...nullifiers, ...commitments].every(isField) || commitments.some((cm) => cm === 0n))
      throw refuse("A nullifier or commitment is not below the field's order, or a commitment is 0.");
    if (outputs.some(({ ciphertext }) => !isBytes(ciphertext, CIPHERTEXT_BYTES)))
      throw refuse(`A ciphertext is ${CIPHERTEXT_BYTES} bytes long.`);
  }
  const outputs = OUTPUTS_PER_BUNDLE * tx.bundles.length;
  tx.packages.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0 || index >= outputs || (i > 0 && index <= tx.packages[i - 1]!))
      throw refuse("Packages are strictly increasing indexes of the transaction's outputs.");
  });
  if (!isBytes(tx.txid, 32) || !isBytes(tx.memoDigest, 32)) throw refuse("A txid and a memo digest are 32 bytes long.");
  if (tx.fee < 0n || tx.fee >= AMOUNT_LIMIT) throw refuse("A fee is below 2^128.");
  if (tx.call === undefined) return;
  const { pseudonym, coin, gasUsed, status } = tx.call;
  if (!isBytes(pseudonym, 20)) throw refuse("A pseudonym is 20 bytes long.");
  // The sum of at most eight public coins, each below 2^128.
  if (coin < 0n || coin >= BigInt(MAX_BUNDLES) * AMOUNT_LIMIT) throw refuse("A transaction's coin is below 2^131.");
  if (gasUsed < 0n || gasUsed >= UINT64_LIMIT) throw refuse("Gas used is below 2^64.");
  if (status !== 0 && status !== 1) throw refuse("A status is 0 or 1.");
}

const isCiphertext = (bytes: Uint8Array): boolean => isBytes(bytes, CIPHERTEXT_BYTES);

function checkEntry(entry: PoolEntry): void {
  if (entry.kind === "completed") {
    const { inner, asset, value, ciphertext } = entry;
    if (!isField(inner) || !isField(asset)) throw refuse("An inner or asset is not below the field's order.");
    if (value < 1n || value >= AMOUNT_LIMIT) throw refuse("A completed note's value is 1 to 2^128 - 1.");
    if (ciphertext !== undefined && !isCiphertext(ciphertext))
      throw refuse(`A ciphertext is ${CIPHERTEXT_BYTES} bytes long.`);
    return;
  }
  if (!isField(entry.commitment) || entry.commitment === 0n)
    throw refuse("A commitment is not below the field's order, or 0.");
  if (entry.kind !== "repacked" && !isBytes(entry.id, 32)) throw refuse("A package's id is 32 bytes long.");
  if (entry.kind !== "released" && !isCiphertext(entry.ciphertext))
    throw refuse(`A ciphertext is ${CIPHERTEXT_BYTES} bytes long.`);
}

function checkEntries(entries: readonly PoolEntry[], transactions: number): void {
  let last = -1;
  for (const entry of entries) {
    const { transaction: by = -1 } = entry;
    if (!Number.isInteger(by) || by < last || by >= transactions || (by < 0 && entry.transaction !== undefined))
      throw refuse("Entries stand in the order of the block's transactions that made them.");
    last = by;
    checkEntry(entry);
  }
}

/** Checks sizes, ranges and orders of a compact block. Throws `compact/encoding`. */
export function checkCompactBlock(block: CompactBlock): void {
  if (block.number < 0n || block.number >= UINT64_LIMIT) throw refuse("A block number is below 2^64.");
  if (block.firstLeaf < 0n || block.firstLeaf > TREE_CAPACITY) throw refuse("The first leaf's index is at most 2^32.");
  block.transactions.forEach(checkTransaction);
  checkEntries(block.entries, block.transactions.length);
  if (block.credited.some((address) => !isBytes(address, 20))) throw refuse("A credited address is 20 bytes long.");
}
