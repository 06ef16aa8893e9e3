import { CIPHERTEXT_BYTES } from "../note/index.js";
import { MEMO_CHUNK_BYTES } from "../memo/index.js";
import { decodeRlp, rlpReader, type RlpItem } from "../rlp/index.js";
import { SeroError } from "../errors.js";
import type { Anchor, AssetId, Commitment, EthAddress, Inner, Nullifier } from "../types.js";
import { checkTransaction } from "./check.js";
import {
  MAX_ANY_IDS,
  MAX_BUNDLES,
  MAX_CALLS,
  MAX_MEMO_CHUNKS,
  MAX_RETURNS,
  MAX_TRANSACTION_BYTES,
  MAX_TRANSACTION_ITEMS,
  OUTPUTS_PER_BUNDLE,
  PROOF_BYTES,
  PSEUDONYM_SIGNATURE_BYTES,
  RK_BYTES,
  BUNDLE_SIGNATURE_BYTES,
  TRANSACTION_TYPE,
} from "./limits.js";
import type { AnyIds, Bundle, Call, CallPhase, PackageEntry, ReturnEntry, ReturnKind, Transaction } from "./types.js";

const read = rlpReader("tx");

const KINDS: readonly ReturnKind[] = ["coin", "token", "ticket"];

function readBundle(item: RlpItem): Bundle {
  const [circuit, nf0, nf1, cm0, cm1, cm2, pubCoin, pubAsset, pubAmount, rk, signature, proof] = read.list(
    item,
    "bundle",
    12,
  );
  const nullifier = (x: RlpItem | undefined): Nullifier => read.field(x, "nullifier") as Nullifier;
  const commitment = (x: RlpItem | undefined): Commitment => read.field(x, "commitment") as Commitment;
  return {
    circuit: read.small(circuit, "circuit number", 255),
    nullifiers: [nullifier(nf0), nullifier(nf1)],
    commitments: [commitment(cm0), commitment(cm1), commitment(cm2)],
    pubCoin: read.uint(pubCoin, "public coin", 16),
    pubAsset: read.field(pubAsset, "public asset") as AssetId,
    pubAmount: read.uint(pubAmount, "public amount", 16),
    rk: read.bytes(rk, "rk", RK_BYTES),
    signature: read.bytes(signature, "signature", BUNDLE_SIGNATURE_BYTES),
    proof: read.bytes(proof, "proof", PROOF_BYTES),
  };
}

const readAddress = (item: RlpItem | undefined, what: string): EthAddress => read.bytes(item, what, 20) as EthAddress;

const readOptionalAddress = (item: RlpItem | undefined, what: string): EthAddress | undefined =>
  read.optionalBytes(item, what, 20) as EthAddress | undefined;

function readCall(item: RlpItem): Call {
  const [to, value, data] = read.list(item, "call", 3);
  return {
    to: readOptionalAddress(to, "call's address"),
    value: read.uint(value, "call's value", 16),
    data: read.bytes(data, "call's data"),
  };
}

function readId(item: RlpItem | undefined): bigint | AnyIds {
  if (item instanceof Uint8Array) return read.uint(item, "returned id", 32);
  return { any: read.small(read.list(item, "returned ANY", 1)[0], "number of ANY ids", MAX_ANY_IDS) };
}

function readReturn(item: RlpItem): ReturnEntry {
  const [kind, token, id, leave, inners] = read.list(item, "entry of returns", 5);
  return {
    kind: KINDS[read.small(kind, "kind of a return", 2)]!,
    token: readOptionalAddress(token, "returned token"),
    id: readId(id),
    leave: read.small(leave, "leave flag", 1) === 1,
    inners: read.listOf(inners, "inners", 1, MAX_ANY_IDS).map((inner) => read.field(inner, "inner") as Inner),
  };
}

function readCallPhase(item: RlpItem | undefined): CallPhase | undefined {
  if (read.list(item, "call phase").length === 0) return undefined;
  const [pseudonym, nonce, signature, gasLimit, calls, returns] = read.list(item, "call phase", 6);
  return {
    pseudonym: readAddress(pseudonym, "pseudonym"),
    nonce: read.uint(nonce, "nonce", 8),
    signature: read.bytes(signature, "pseudonym's signature", PSEUDONYM_SIGNATURE_BYTES),
    gasLimit: read.uint(gasLimit, "gas limit", 8),
    calls: read.listOf(calls, "calls", 0, MAX_CALLS).map(readCall),
    returns: read.listOf(returns, "returns", 1, MAX_RETURNS).map(readReturn),
  };
}

function readPackage(item: RlpItem): PackageEntry {
  const [outputIndex, controller, onFailure] = read.list(item, "package", 3);
  return {
    outputIndex: read.small(outputIndex, "package's output", MAX_BUNDLES * OUTPUTS_PER_BUNDLE - 1),
    controller: readOptionalAddress(controller, "package's controller"),
    onFailure: read.small(onFailure, "package's failure rule", 1) === 1 ? "release" : "hold",
  };
}

function readTransaction(item: RlpItem): Transaction {
  const [chainId, expiry, priceStep, anchor, bundles, outputs, memos, call, packages] = read.list(
    item,
    "transaction",
    9,
  );
  const maxOutputs = MAX_BUNDLES * OUTPUTS_PER_BUNDLE;
  return {
    chainId: read.uint(chainId, "chain id", 8),
    expiry: read.uint(expiry, "expiry", 8),
    priceStep: read.small(priceStep, "price step", 255),
    anchor: read.field(anchor, "anchor") as Anchor,
    bundles: read.listOf(bundles, "bundles", 1, MAX_BUNDLES).map(readBundle),
    outputs: read
      .listOf(outputs, "outputs", OUTPUTS_PER_BUNDLE, maxOutputs)
      .map((output) => read.bytes(output, "output", CIPHERTEXT_BYTES)),
    memos: read
      .listOf(memos, "memo chunks", 1, MAX_MEMO_CHUNKS)
      .map((chunk) => read.bytes(chunk, "memo chunk", MEMO_CHUNK_BYTES)),
    call: readCallPhase(call),
    packages: read.listOf(packages, "packages", 0, maxOutputs).map(readPackage),
  };
}

const LIMITS = { maxBytes: MAX_TRANSACTION_BYTES - 1, maxItems: MAX_TRANSACTION_ITEMS, maxDepth: 6 };

function parse(bytes: Uint8Array): Transaction {
  try {
    return readTransaction(decodeRlp(bytes.subarray(1), LIMITS));
  } catch (error) {
    if (error instanceof SeroError && error.code.startsWith("rlp/"))
      throw new SeroError("tx/encoding", error.message, error.values, { cause: error });
    throw error;
  }
}

/**
 * The transaction that `bytes` are the canonical encoding of: `encodeTransaction(decodeTransaction(bytes))` equals `bytes`, or this
 * throws `tx/type`, `tx/too-large`, `tx/encoding` or one of the codes of `checkTransaction`. Sizes are checked before anything is
 * allocated; byte strings of the answer are views of one copy of `bytes`.
 */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  if (bytes.length > MAX_TRANSACTION_BYTES)
    throw new SeroError("tx/too-large", `This transaction is larger than the ${MAX_TRANSACTION_BYTES} bytes allowed.`, {
      bytes: bytes.length,
      limit: MAX_TRANSACTION_BYTES,
    });
  if (bytes[0] !== TRANSACTION_TYPE)
    throw new SeroError("tx/type", "Only transactions of type 0x5e exist on this chain.", { type: bytes[0] ?? null });
  const tx = parse(bytes.slice());
  checkTransaction(tx);
  return tx;
}
