import { bytesToBigInt, concatBytes } from "../bytes/index.js";
import { decodePoint } from "../curve/index.js";
import { fieldToBytes } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import type { Anchor, Field } from "../types.js";
import type { Bundle } from "./types.js";

/** Public inputs of the spend circuit. */
export const SPEND_INPUTS = 11;

/**
 * The spend circuit's public inputs, in order: anchor, nf[2], cm[3], pubCoin, pubAsset, pubAmount, rk.x, rk.y.
 * Throws `curve/*` if `rk` is not the canonical encoding of a point.
 */
export function publicInputsOf(bundle: Bundle, anchor: Anchor): Field[] {
  const rk = decodePoint(bundle.rk);
  const { nullifiers, commitments, pubCoin, pubAsset, pubAmount } = bundle;
  return [anchor, ...nullifiers, ...commitments, pubCoin, pubAsset, pubAmount, rk.x, rk.y];
}

/** The same as 11 * 32 bytes, big-endian. Throws as `publicInputsOf`. */
export const publicInputsBytes = (bundle: Bundle, anchor: Anchor): Uint8Array =>
  concatBytes(...publicInputsOf(bundle, anchor).map(fieldToBytes));

/**
 * keccak256 of a transaction's bytes: for the transactions root, gossip ids and the cache of rejected bytes only. Never an
 * identity: anybody can re-randomise a proof, which changes it.
 */
export const transactionBytesHash = (bytes: Uint8Array): Uint8Array => keccak256(bytes);

/** The number that 32 bytes of a txid stand for: `bind`. */
export const bindOfTxid = (txid: Uint8Array): Field => bytesToBigInt(txid);
