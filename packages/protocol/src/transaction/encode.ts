import { concatBytes } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { SeroError } from "../errors.js";
import { checkTransaction } from "./check.js";
import { MAX_TRANSACTION_BYTES, TRANSACTION_TYPE } from "./limits.js";
import { RETURN_KIND_NUMBERS } from "./returns.js";
import type { Bundle, Call, CallPhase, PackageEntry, ReturnEntry, Transaction } from "./types.js";

const NONE = new Uint8Array(0);

/** The ten items of a bundle that `bind` covers, in order. */
export const boundBundleItems = (bundle: Bundle): RlpItem[] => [
  rlpUint(bundle.circuit),
  ...bundle.nullifiers.map(fieldToBytes),
  ...bundle.commitments.map(fieldToBytes),
  rlpUint(bundle.pubCoin),
  fieldToBytes(bundle.pubAsset),
  rlpUint(bundle.pubAmount),
  bundle.rk,
];

const bundleItem = (bundle: Bundle): RlpItem => [...boundBundleItems(bundle), bundle.signature, bundle.proof];

const callItem = ({ to, value, data }: Call): RlpItem => [to ?? NONE, rlpUint(value), data];

const returnItem = ({ kind, token, id, leave, inners }: ReturnEntry): RlpItem => [
  rlpUint(RETURN_KIND_NUMBERS[kind]),
  token ?? NONE,
  typeof id === "bigint" ? rlpUint(id) : [rlpUint(id.any)],
  rlpUint(leave ? 1 : 0),
  inners.map(fieldToBytes),
];

/** A call phase as an RLP item, the empty list for none; `bind` covers it without the pseudonym's signature. */
export function callPhaseItem(call: CallPhase | undefined, withSignature: boolean): RlpItem {
  if (call === undefined) return [];
  return [
    call.pseudonym,
    rlpUint(call.nonce),
    ...(withSignature ? [call.signature] : []),
    rlpUint(call.gasLimit),
    call.calls.map(callItem),
    call.returns.map(returnItem),
  ];
}

/** Packages as an RLP item: [output index, controller or empty, 1 for release]. */
export const packagesItem = (packages: readonly PackageEntry[]): RlpItem =>
  packages.map(({ outputIndex, controller, onFailure }) => [
    rlpUint(outputIndex),
    controller ?? NONE,
    rlpUint(onFailure === "release" ? 1 : 0),
  ]);

/**
 * The canonical bytes of a transaction: 0x5e || RLP (docs/protocol/transaction.md). Throws `tx/*` for a transaction that
 * `decodeTransaction` would refuse, so nothing malformed is ever sent.
 */
export function encodeTransaction(tx: Transaction): Uint8Array {
  checkTransaction(tx);
  const body = encodeRlp([
    rlpUint(tx.chainId),
    rlpUint(tx.expiry),
    rlpUint(tx.priceStep),
    fieldToBytes(tx.anchor),
    tx.bundles.map(bundleItem),
    [...tx.outputs],
    [...tx.memos],
    callPhaseItem(tx.call, true),
    packagesItem(tx.packages),
  ]);
  if (body.length + 1 > MAX_TRANSACTION_BYTES)
    throw new SeroError("tx/too-large", `This transaction is larger than the ${MAX_TRANSACTION_BYTES} bytes allowed.`, {
      bytes: body.length + 1,
      limit: MAX_TRANSACTION_BYTES,
    });
  return concatBytes(Uint8Array.of(TRANSACTION_TYPE), body);
}
