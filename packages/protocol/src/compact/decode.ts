import { CIPHERTEXT_BYTES } from "../note/index.js";
import { decodeRlp, rlpReader, type RlpItem } from "../rlp/index.js";
import { MAX_BUNDLES, OUTPUTS_PER_BUNDLE, RK_BYTES } from "../transaction/limits.js";
import { SeroError } from "../errors.js";
import type { AssetId, Commitment, EthAddress, Inner, Nullifier, PackageId, TxId } from "../types.js";
import { MAX_COMPACT_BLOCK_BYTES, checkCompactBlock } from "./check.js";
import { ENTRY_KINDS } from "./encode.js";
import type {
  CompactBlock,
  CompactBundle,
  CompactCall,
  CompactOutput,
  CompactTransaction,
  CompletedNote,
  PoolEntry,
} from "./types.js";

const read = rlpReader("compact");

/** Largest number of a transaction in a block that an entry may name: more than any gas limit lets through. */
const MAX_TRANSACTIONS = (1 << 20) - 1;

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

function readCall(item: RlpItem | undefined): CompactCall | undefined {
  if (read.list(item, "call").length === 0) return undefined;
  const [pseudonym, coin, gasUsed, status] = read.list(item, "call", 4);
  return {
    pseudonym: read.bytes(pseudonym, "pseudonym", 20) as EthAddress,
    coin: read.uint(coin, "coin", 17),
    gasUsed: read.uint(gasUsed, "gas used", 8),
    status: read.small(status, "status", 1) === 1 ? 1 : 0,
  };
}

function readTransaction(item: RlpItem): CompactTransaction {
  const [txid, bundles, packages, memoDigest, fee, call] = read.list(item, "transaction", 6);
  const maxOutputs = MAX_BUNDLES * OUTPUTS_PER_BUNDLE;
  return {
    txid: read.bytes(txid, "txid", 32) as TxId,
    bundles: read.listOf(bundles, "bundles", 1, MAX_BUNDLES).map(readBundle),
    packages: read
      .listOf(packages, "packages", 0, maxOutputs)
      .map((index) => read.small(index, "package's output", maxOutputs - 1)),
    memoDigest: read.bytes(memoDigest, "memo digest", 32),
    fee: read.uint(fee, "fee", 16),
    call: readCall(call),
  };
}

function readCompleted(items: readonly RlpItem[], transaction: number | undefined): CompletedNote {
  const [inner, asset, value, ciphertext] = items;
  const sealed = read.optionalBytes(ciphertext, "ciphertext", CIPHERTEXT_BYTES);
  return {
    kind: "completed",
    transaction,
    inner: read.field(inner, "inner") as Inner,
    asset: read.field(asset, "asset") as AssetId,
    value: read.uint(value, "value", 16),
    ...(sealed === undefined ? {} : { ciphertext: sealed }),
  };
}

/** Items of an entry of each kind, the kind and the transaction included. */
const ENTRY_ITEMS: Readonly<Record<PoolEntry["kind"], number>> = { completed: 6, released: 4, repacked: 4, sealed: 5 };
const KIND_OF = new Map(Object.entries(ENTRY_KINDS).map(([kind, number]) => [number, kind as PoolEntry["kind"]]));

function readEntry(item: RlpItem): PoolEntry {
  const kind = KIND_OF.get(read.small(read.listOf(item, "entry", 1, 8)[0], "kind of entry", 255));
  if (kind === undefined)
    throw new SeroError(
      "compact/kind",
      "This compact block has a kind of entry that this version doesn't know; update.",
    );
  const [, by, ...rest] = read.list(item, "entry", ENTRY_ITEMS[kind]);
  const place = read.small(by, "entry's transaction", MAX_TRANSACTIONS);
  const transaction = place === 0 ? undefined : place - 1;
  const id = (x: RlpItem | undefined): PackageId => read.bytes(x, "package's id", 32) as PackageId;
  const commitment = (x: RlpItem | undefined): Commitment => read.field(x, "commitment") as Commitment;
  const ciphertext = (x: RlpItem | undefined): Uint8Array => read.bytes(x, "ciphertext", CIPHERTEXT_BYTES);
  switch (kind) {
    case "completed":
      return readCompleted(rest, transaction);
    case "released":
      return { kind, transaction, id: id(rest[0]), commitment: commitment(rest[1]) };
    case "repacked":
      return { kind, transaction, commitment: commitment(rest[0]), ciphertext: ciphertext(rest[1]) };
    case "sealed":
      return {
        kind,
        transaction,
        id: id(rest[0]),
        commitment: commitment(rest[1]),
        ciphertext: ciphertext(rest[2]),
      };
  }
}

function parse(bytes: Uint8Array): CompactBlock {
  const [number, firstLeaf, transactions, entries, credited] = read.list(decodeRlp(bytes, LIMITS), "compact block", 5);
  return {
    number: read.uint(number, "block number", 8),
    firstLeaf: read.uint(firstLeaf, "first leaf", 5),
    transactions: read.list(transactions, "transactions").map(readTransaction),
    entries: read.list(entries, "entries").map(readEntry),
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
