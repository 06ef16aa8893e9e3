import type { AssetId } from "@sero/protocol";

/** Most bundles in one transaction (protocol, section 6). */
export const MAX_BUNDLES = 8;

/** What selection needs to know of a note. */
export interface SelectableNote {
  readonly leafIndex: bigint;
  readonly asset: AssetId;
  /** Base units, above 0. */
  readonly value: bigint;
}

/** What is to be paid; `id` is the caller's. */
export interface Demand {
  readonly id: number;
  readonly asset: AssetId;
  /** Base units, above 0. */
  readonly amount: bigint;
}

/** A part of a payment that one bundle makes. A payment larger than a bundle's two notes comes in several parts, each its own note. */
export interface Part {
  readonly id: number;
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** One bundle: sum of inputs = parts + change, plus `fee` in the coin. */
export interface PlannedBundle<N extends SelectableNote> {
  /** At most 2, of the coin and at most one other asset. */
  readonly inputs: readonly N[];
  readonly parts: readonly Part[];
  /** Comes back to us. With the parts at most 3 outputs. */
  readonly change: readonly { readonly asset: AssetId; readonly amount: bigint }[];
  /** This bundle's pubCoin. */
  readonly fee: bigint;
}

/** One transaction. The bundles' fees sum to `fee`, which is exact for their number and the memos of the payments that start here. */
export interface PlannedTransaction<N extends SelectableNote> {
  readonly bundles: readonly PlannedBundle<N>[];
  readonly fee: bigint;
}

/** A whole plan; `later`: what is left to pay with the change of these transactions. */
export interface Plan<N extends SelectableNote> {
  readonly transactions: readonly PlannedTransaction<N>[];
  readonly later: readonly Demand[];
}

/** The fee, base units of the coin, of a transaction of so many bundles that carries the memos of these payments. */
export type FeeOf = (bundles: number, ids: ReadonlySet<number>) => bigint;
