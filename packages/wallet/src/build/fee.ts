import {
  encodeTransaction,
  intrinsicGas,
  priceOf,
  type Anchor,
  type AssetId,
  type Bundle,
  type CallPhase,
  type ChainSpec,
  type Commitment,
  type Nullifier,
  type PackageEntry,
  type Transaction,
} from "@sero/protocol";
import type { FeeOf } from "../select/index.js";
import { memoChunkCount } from "./draft.js";
import type { Recipient } from "./types.js";

/** What gas and size of a transaction depend on. */
export interface Shape {
  readonly bundles: number;
  readonly memoChunks: number;
  /** C in one bundle, for the size. */
  readonly coin?: bigint;
  readonly expiry?: bigint;
  readonly priceStep?: number;
  readonly call?: Omit<CallPhase, "signature"> | undefined;
  readonly packages?: readonly Pick<PackageEntry, "controller" | "onFailure">[];
  /** Public assets, one a bundle: a call phase must bring each back. */
  readonly unshields?: readonly { readonly asset: AssetId; readonly amount: bigint }[];
}

/** A signature that passes the checks of form. */
const SIGNATURE = Uint8Array.from({ length: 65 }, (_, i) => (i === 31 || i === 63 ? 1 : 0));

/** A transaction of this shape with nothing in it. */
function shapeOf(chainId: bigint, shape: Shape): Transaction {
  const { bundles, memoChunks, coin = 0n, expiry = 0n, priceStep = 0, call, packages = [], unshields = [] } = shape;
  const bundle = (index: number): Bundle => ({
    circuit: 0,
    nullifiers: [BigInt(2 * index + 1) as Nullifier, BigInt(2 * index + 2) as Nullifier],
    commitments: [1n as Commitment, 1n as Commitment, 1n as Commitment],
    pubCoin: index === 0 ? coin : 0n,
    pubAsset: unshields[index]?.asset ?? (0n as AssetId),
    pubAmount: unshields[index]?.amount ?? 0n,
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
    call: call === undefined ? undefined : { ...call, signature: SIGNATURE },
    packages: packages.map(({ controller, onFailure }, outputIndex) => ({ outputIndex, controller, onFailure })),
  };
}

/** I, the gas of a transaction of this shape without what a call phase uses. */
export const shapeGas = (spec: ChainSpec, shape: Shape): bigint => intrinsicGas(shapeOf(spec.chainId, shape), spec);

/** Bytes of a transaction of this shape. Throws tx/* for one that no chain would take. */
export const shapeBytes = (spec: ChainSpec, shape: Shape): number =>
  encodeTransaction(shapeOf(spec.chainId, shape)).length;

/** Gas of a payment of this shape. */
export const paymentGas = (spec: ChainSpec, bundles: number, memoChunks: number): bigint =>
  shapeGas(spec, { bundles, memoChunks });

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
  return shapeBytes(spec, { bundles, memoChunks, coin: fee, expiry, priceStep });
}
