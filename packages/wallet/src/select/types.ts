import type { AssetId } from "@sero/protocol";

/** Most bundles in one transaction (protocol, section 6). */
export const MAX_BUNDLES = 8;
/** Outputs of a bundle (protocol, section 4). */
export const MAX_OUTPUTS = 3;

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
  /** Has to be one output (a package); undefined: may come in parts. */
  readonly whole?: true;
}

/** What leaves the pool for a call phase. */
export interface CallNeeds {
  /** Base units of the coin besides the intrinsic fee: gasLimit * price and what the calls send along. */
  readonly coin: bigint;
  /** Each asset once, never the coin; amounts in base units, above 0. */
  readonly assets: readonly { readonly asset: AssetId; readonly amount: bigint }[];
}

/** A part of a payment that one bundle makes. A payment larger than a bundle's two notes comes in several parts, each its own note. */
export interface Part {
  readonly id: number;
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** One bundle: sum of inputs = parts + change, plus `fee` in the coin and `unshield` in its asset. */
export interface PlannedBundle<N extends SelectableNote> {
  /** At most 2, of the coin and at most one other asset. */
  readonly inputs: readonly N[];
  readonly parts: readonly Part[];
  /** Comes back to us. With the parts at most 3 outputs. */
  readonly change: readonly { readonly asset: AssetId; readonly amount: bigint }[];
  /** This bundle's pubCoin. */
  readonly fee: bigint;
  /** This bundle's pubAsset and pubAmount; undefined: none leaves the pool. Never the coin. */
  readonly unshield: { readonly asset: AssetId; readonly amount: bigint } | undefined;
}

/**
 * One transaction. `fee` is exact for the number of bundles and the memos of the payments that start here; the bundles' own fees sum to `fee`
 * and `deposit`, the coin that a call phase brings (0 without one).
 */
export interface PlannedTransaction<N extends SelectableNote> {
  readonly bundles: readonly PlannedBundle<N>[];
  readonly fee: bigint;
  readonly deposit: bigint;
}

/** A whole plan; `later`: what is left to pay with the change of these transactions. */
export interface Plan<N extends SelectableNote> {
  readonly transactions: readonly PlannedTransaction<N>[];
  readonly later: readonly Demand[];
}

/** The fee, base units of the coin, of a transaction of so many bundles that carries the memos of these payments. */
export type FeeOf = (bundles: number, ids: ReadonlySet<number>) => bigint;

/** What a plan may be told besides. */
export interface PlanOptions<N extends SelectableNote> {
  /** By asset, what is not spendable yet, for the error's sentence. */
  readonly pending?: ReadonlyMap<AssetId, bigint>;
  /** Notes of which one has to be spent in the first transaction (repaying what a reorganisation undid). */
  readonly must?: readonly N[];
  /** Puts amounts into words, for errors. Default: base units. */
  readonly describe?: (asset: AssetId, amount: bigint) => string;
}
