import { keccak256 } from "../hash/index.js";
import { noteCommitment } from "../note/index.js";
import { publicCoinOf } from "../transaction/gas.js";
import { OUTPUTS_PER_BUNDLE } from "../transaction/limits.js";
import { SeroError } from "../errors.js";
import type { Commitment, TxId } from "../types.js";
import type { Transaction } from "../transaction/types.js";
import type { CompactBlock, CompactCall, CompactOutput, CompactTransaction, PoolEntry } from "./types.js";

/** The stream digest before the genesis block: 32 zero bytes. */
export const EMPTY_STREAM_DIGEST: Uint8Array = new Uint8Array(32);

/**
 * The Pool's stream digest after a block: keccak256(previous || keccak256(bytes of its compact block)), 32 bytes. One proof of it
 * checks every compact block since the one it began with. Throws `compact/digest` unless `previous` is 32 bytes.
 */
export function streamDigest(previous: Uint8Array, compactBytes: Uint8Array): Uint8Array {
  if (previous.length !== 32) throw new SeroError("compact/digest", "Give the previous stream digest as 32 bytes.");
  return keccak256(previous, keccak256(compactBytes));
}

/** keccak256 over a transaction's memo chunks, one after another; 32 bytes. */
export const memoDigest = (chunks: readonly Uint8Array[]): Uint8Array => keccak256(...chunks);

/**
 * What wallets need of a transaction. `fee`: intrinsic gas times price, base units. `outcome`: how its call phase ended; needed exactly
 * if it has one. Throws `compact/outcome` otherwise.
 */
export function compactTransactionOf(
  tx: Transaction,
  txid: TxId,
  fee: bigint,
  outcome?: Pick<CompactCall, "gasUsed" | "status">,
): CompactTransaction {
  if ((tx.call === undefined) !== (outcome === undefined))
    throw new SeroError("compact/outcome", "Say how a call phase ended, and only of a transaction that has one.");
  return {
    txid,
    bundles: tx.bundles.map(({ nullifiers, rk, commitments }, b) => {
      const output = (i: 0 | 1 | 2): CompactOutput => ({
        commitment: commitments[i],
        ciphertext: tx.outputs[OUTPUTS_PER_BUNDLE * b + i]!,
      });
      return { nullifiers, rk, outputs: [output(0), output(1), output(2)] };
    }),
    packages: tx.packages.map(({ outputIndex }) => outputIndex),
    memoDigest: memoDigest(tx.memos),
    fee,
    call:
      tx.call === undefined || outcome === undefined
        ? undefined
        : {
            pseudonym: tx.call.pseudonym,
            coin: publicCoinOf(tx),
            gasUsed: outcome.gasUsed,
            status: outcome.status,
          },
  };
}

/** All coin that a transaction let out of the Pool, base units: its fee, or of a call phase the sum of its public coins. */
export const coinOut = (tx: Pick<CompactTransaction, "fee" | "call">): bigint => tx.call?.coin ?? tx.fee;

/** The leaves that a transaction's outputs add, in order; outputs that became packages add none. */
export function transactionLeaves(tx: CompactTransaction): Commitment[] {
  const commitments = tx.bundles.flatMap(({ outputs }) => outputs.map(({ commitment }) => commitment));
  return commitments.filter((_, index) => !tx.packages.includes(index));
}

/** The leaf that an entry adds to the tree; undefined for `sealed`, which adds none. */
export function entryLeaf(entry: PoolEntry): Commitment | undefined {
  if (entry.kind === "completed") return noteCommitment(entry.inner, entry.asset, entry.value, 0n);
  return entry.kind === "sealed" ? undefined : entry.commitment;
}

/** All leaves that a block adds, in order: for each transaction its outputs, then those of the entries. */
export const leavesOf = (block: CompactBlock): Commitment[] => [
  ...block.transactions.flatMap(transactionLeaves),
  ...block.entries.map(entryLeaf).filter((leaf) => leaf !== undefined),
];
