import {
  encodeTransaction,
  intrinsicGas,
  priceOf,
  type Anchor,
  type AssetId,
  type Bundle,
  type ChainSpec,
  type Commitment,
  type Nullifier,
  type Transaction,
} from "@sero/protocol";
import type { FeeOf } from "../select/index.js";
import { memoChunkCount } from "./draft.js";
import type { Recipient } from "./types.js";

/** A payment of this shape with nothing in it: gas and size depend on the shape alone. */
function shapeOf(
  chainId: bigint,
  bundles: number,
  memoChunks: number,
  fee: bigint,
  expiry: bigint,
  priceStep: number,
): Transaction {
  const bundle = (index: number): Bundle => ({
    circuit: 0,
    nullifiers: [BigInt(2 * index + 1) as Nullifier, BigInt(2 * index + 2) as Nullifier],
    commitments: [1n as Commitment, 1n as Commitment, 1n as Commitment],
    pubCoin: index === 0 ? fee : 0n,
    pubAsset: 0n as AssetId,
    pubAmount: 0n,
    rk: new Uint8Array(32),
    signature: new Uint8Array(64),
    proof: new Uint8Array(256),
  });
  return {
    chainId,
    expiry,
    priceStep,
    anchor: 1n as Anchor,
    bundles: Array.from({ length: bundles }, (_, index) => bundle(index)),
    outputs: Array.from({ length: 3 * bundles }, () => new Uint8Array(290)),
    memos: Array.from({ length: memoChunks }, () => new Uint8Array(256)),
    call: undefined,
    packages: [],
  };
}

/** Gas of a payment of this shape. */
export const paymentGas = (spec: ChainSpec, bundles: number, memoChunks: number): bigint =>
  intrinsicGas(shapeOf(spec.chainId, bundles, memoChunks, 0n, 0n, 0), spec);

/** The exact fee by number of bundles and memos, base units. Throws tx/price-step. */
export function feeFunction(spec: ChainSpec, priceStep: number, recipients: readonly Recipient[]): FeeOf {
  const price = priceOf({ priceStep }, spec);
  return (bundles, ids) => paymentGas(spec, bundles, memoChunkCount(recipients, ids)) * price;
}

/** Bytes of the encoded transaction (the fee in one bundle). */
export function paymentBytes(
  spec: ChainSpec,
  bundles: number,
  memoChunks: number,
  fee: bigint,
  expiry: bigint,
  priceStep: number,
): number {
  return encodeTransaction(shapeOf(spec.chainId, bundles, memoChunks, fee, expiry, priceStep)).length;
}
