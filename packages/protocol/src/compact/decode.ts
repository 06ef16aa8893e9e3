import { CIPHERTEXT_BYTES } from "../note/index.js";
import { decodeRlp, rlpReader, type RlpItem } from "../rlp/index.js";
import { MAX_BUNDLES, OUTPUTS_PER_BUNDLE, RK_BYTES } from "../transaction/limits.js";
import { SeroError } from "../errors.js";
import type { AssetId, Commitment, EthAddress, Inner, Nullifier, TxId } from "../types.js";
import { MAX_COMPACT_BLOCK_BYTES, checkCompactBlock } from "./check.js";
import { COMPLETED_LEAF } from "./encode.js";
import type { CompactBlock, CompactBundle, CompactOutput, CompactTransaction, CompletedNote } from "./types.js";

const read = rlpReader("compact");

const LIMITS = { maxBytes: MAX_COMPACT_BLOCK_BYTES, maxItems: 1 << 20, maxDepth: 6 };

function readBundle(item: RlpItem): CompactBundle {
  const [nf0, nf1, rk, cm0, ct0, cm1, ct1, cm2, ct2] = read.list(item, "bundle", 9);
  const nullifier = (x: RlpItem | undefined): Nullifier => read.field(x, "nullifier") as Nullifier;
  const output = (cm: RlpItem | undefined, ct: RlpItem | undefined): CompactOutput => ({
    commitment: read.field(cm, "commitment") as Commitment,
    ciphertext: read.bytes(ct, "ciphertext", CIPHERTEXT_BYTES),
  });
  return {
    nullifiers: [nullifier(nf0), nullifier(nf1)],
    rk: read.bytes(rk, "rk", RK_BYTES),
    outputs: [output(cm0, ct0), output(cm1, ct1), output(cm2, ct2)],
  };
}

function readTransaction(item: RlpItem): CompactTransaction {
  const [txid, bundles, packages, memoDigest, fee, pseudonym] = read.list(item, "transaction", 6);
  const maxOutputs = MAX_BUNDLES * OUTPUTS_PER_BUNDLE;
  return {
    txid: read.bytes(txid, "txid", 32) as TxId,
    bundles: read.listOf(bundles, "bundles", 1, MAX_BUNDLES).map(readBundle),
    packages: read
      .listOf(packages, "packages", 0, maxOutputs)
      .map((index) => read.small(index, "package's output", maxOutputs - 1)),
    memoDigest: read.bytes(memoDigest, "memo digest", 32),
    fee: read.uint(fee, "fee", 16),
    pseudonym: read.optionalBytes(pseudonym, "pseudonym", 20) as EthAddress | undefined,
  };
}

function readCompleted(item: RlpItem): CompletedNote {
  const [kind, inner, asset, value, ciphertext] = read.list(item, "completed note", 5);
  if (read.small(kind, "kind of leaf", 255) !== COMPLETED_LEAF)
    throw new SeroError(
      "compact/kind",
      "This compact block has a kind of leaf that this version doesn't know; update.",
    );
  const note = {
    inner: read.field(inner, "inner") as Inner,
    asset: read.field(asset, "asset") as AssetId,
    value: read.uint(value, "value", 16),
  };
  const sealed = read.optionalBytes(ciphertext, "ciphertext", CIPHERTEXT_BYTES);
  return sealed === undefined ? note : { ...note, ciphertext: sealed };
}

function parse(bytes: Uint8Array): CompactBlock {
  const [number, firstLeaf, transactions, completed, credited] = read.list(
    decodeRlp(bytes, LIMITS),
    "compact block",
    5,
  );
  return {
    number: read.uint(number, "block number", 8),
    firstLeaf: read.uint(firstLeaf, "first leaf", 5),
    transactions: read.list(transactions, "transactions").map(readTransaction),
    completed: read.list(completed, "completed notes").map(readCompleted),
    credited: read.list(credited, "credited accounts").map((x) => read.bytes(x, "credited account", 20) as EthAddress),
  };
}

/**
 * The compact block that `bytes` are the canonical encoding of: `encodeCompactBlock` of it gives `bytes` again, or this throws
 * `compact/*`. Byte strings of the answer are views of `bytes`, which the caller must not change afterwards.
 */
export function decodeCompactBlock(bytes: Uint8Array): CompactBlock {
  let block: CompactBlock;
  try {
    block = parse(bytes);
  } catch (error) {
    if (error instanceof SeroError && error.code.startsWith("rlp/"))
      throw new SeroError("compact/encoding", error.message, error.values, { cause: error });
    throw error;
  }
  checkCompactBlock(block);
  return block;
}
