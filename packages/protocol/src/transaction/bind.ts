import { bigIntToBytes, bytesToBigInt, concatBytes, utf8 } from "../bytes/index.js";
import { FIELD_ORDER } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { SeroError } from "../errors.js";
import type { Field, TxId } from "../types.js";
import type { BindContext } from "../chain/types.js";
import { boundBundleItems, callPhaseItem, packagesItem } from "./encode.js";
import { TRANSACTION_TYPE } from "./limits.js";
import type { Transaction } from "./types.js";

/** The digests that `bind` is made of, each 32 bytes; a hardware signer or a sponsor recomputes the one that concerns him. */
export interface BindParts {
  readonly bundles: Uint8Array;
  readonly outputs: Uint8Array;
  readonly memos: Uint8Array;
  readonly terms: Uint8Array;
  readonly call: Uint8Array;
  readonly packages: Uint8Array;
}

/** The part's names in the order in which `bind` takes them. */
export const BIND_PARTS = ["bundles", "outputs", "memos", "terms", "call", "packages"] as const;

/** What a signature under `rk` covers, and the transaction's identity. */
export interface Bind {
  /** Below r. */
  readonly bind: Field;
  /** `bind` as 32 bytes, big-endian: the message of every signature under `rk`, and `hash` in JSON-RPC. */
  readonly txid: TxId;
  readonly parts: BindParts;
}

const TYPE = Uint8Array.of(TRANSACTION_TYPE);
const BIND_TAG = utf8("SERO/bind/1");
const PSEUDONYM_TAG = utf8("SERO/pseudonym/1");

/** keccak256 of the part's tag and the RLP of its items. A tag is ASCII and RLP of a list starts at 0xc0: one reading only. */
const partDigest = (name: (typeof BIND_PARTS)[number], item: RlpItem): Uint8Array =>
  keccak256(utf8(`SERO/bind/1/${name}`), encodeRlp(item));

/** The digests of a transaction's parts (docs/protocol/transaction.md), without anchor, proofs and signatures. */
export const bindParts = (tx: Transaction): BindParts => ({
  bundles: partDigest("bundles", tx.bundles.map(boundBundleItems)),
  outputs: partDigest("outputs", [...tx.outputs]),
  memos: partDigest("memos", [...tx.memos]),
  terms: partDigest("terms", [rlpUint(tx.priceStep), rlpUint(tx.expiry)]),
  call: partDigest("call", callPhaseItem(tx.call, false)),
  packages: partDigest("packages", packagesItem(tx.packages)),
});

/**
 * `bind` = keccak256(0x5e || 'SERO/bind/1' || genesis hash || chain id as 32 bytes BE || rules id || the six part digests) mod r
 * (protocol, section 5). Throws `tx/bind-context` unless both hashes of `context` are 32 bytes.
 */
export function bindOf(tx: Transaction, context: BindContext): Bind {
  const { genesisHash, rulesId } = context;
  if (genesisHash.length !== 32 || rulesId.length !== 32)
    throw new SeroError("tx/bind-context", "Give the genesis hash and the rules id as 32 bytes each.");
  const parts = bindParts(tx);
  const preimage = concatBytes(
    TYPE,
    BIND_TAG,
    genesisHash,
    bigIntToBytes(tx.chainId, 32),
    rulesId,
    ...BIND_PARTS.map((name) => parts[name]),
  );
  const bind = bytesToBigInt(keccak256(preimage)) % FIELD_ORDER;
  return { bind, txid: bigIntToBytes(bind, 32) as TxId, parts };
}

/**
 * What a pseudonym signs with secp256k1: keccak256(0x5e || 'SERO/pseudonym/1' || bind as 32 bytes BE), 32 bytes. Its form can be
 * mistaken for no Ethereum transaction or message: 0x5e is neither a legacy list, nor a known type, nor 0x19.
 */
export const pseudonymDigest = (bind: Field): Uint8Array => keccak256(TYPE, PSEUDONYM_TAG, bigIntToBytes(bind, 32));
