import type { AssetId, Commitment, EthAddress, Inner, Nullifier, PackageId, TxId } from "../types.js";

/** An output whose contents are sealed: an ordinary leaf with its ciphertext. */
export interface CompactOutput {
  readonly commitment: Commitment;
  readonly ciphertext: Uint8Array;
}

/** One bundle of a compact transaction. `rk` is the salt that the sender's part is opened with. */
export interface CompactBundle {
  readonly nullifiers: readonly [Nullifier, Nullifier];
  readonly rk: Uint8Array;
  readonly outputs: readonly [CompactOutput, CompactOutput, CompactOutput];
}

/** What a wallet needs of one transaction. */
export interface CompactTransaction {
  readonly txid: TxId;
  readonly bundles: readonly CompactBundle[];
  /** Outputs (3 a bundle, in order) that became packages and so are no leaves; strictly increasing. */
  readonly packages: readonly number[];
  /** keccak256 over the memo chunks, concatenated. */
  readonly memoDigest: Uint8Array;
  /** Public spending price paid, base units: intrinsic gas times price. A wallet's history shows it for its own. */
  readonly fee: bigint;
  /** What its call phase did, if it has one. */
  readonly call: CompactCall | undefined;
}

/** A call phase as a wallet sees it, so that it need not ask a node how one of its own transactions ended. */
export interface CompactCall {
  readonly pseudonym: EthAddress;
  /** C: all coin that left the Pool in this transaction, the fee with it; base units. */
  readonly coin: bigint;
  /** Gas that the phase used, without the intrinsic gas. */
  readonly gasUsed: bigint;
  /** 0 when it failed and everything was taken back. */
  readonly status: 0 | 1;
}

/** The place of the transaction that made an entry, counted from 0 over the block's; undefined for the notes of genesis. */
type ByTransaction = { readonly transaction: number | undefined };

/** A leaf that the chain itself completed from an `inner` with public asset and value, blind 0: genesis notes, returns, contract payouts. */
export interface CompletedNote extends ByTransaction {
  readonly kind: "completed";
  readonly inner: Inner;
  readonly asset: AssetId;
  readonly value: bigint;
  /** The `note` that a contract gave along: one ciphertext in the standard format. */
  readonly ciphertext?: Uint8Array | undefined;
}

/** A package released to the tree: its commitment becomes a leaf. */
export interface ReleasedPackage extends ByTransaction {
  readonly kind: "released";
  readonly id: PackageId;
  readonly commitment: Commitment;
}

/** A note that a repack made: a leaf with its ciphertext. */
export interface RepackedNote extends ByTransaction {
  readonly kind: "repacked";
  readonly commitment: Commitment;
  readonly ciphertext: Uint8Array;
}

/** A package that a repack made: no leaf, but a ciphertext for whoever gets it. */
export interface SealedPackage extends ByTransaction {
  readonly kind: "sealed";
  readonly id: PackageId;
  readonly commitment: Commitment;
  readonly ciphertext: Uint8Array;
}

/** What the Pool did in a block besides taking in the transactions' outputs. All but `sealed` are leaves. */
export type PoolEntry = CompletedNote | ReleasedPackage | RepackedNote | SealedPackage;

/**
 * Everything of one block that wallets scan, committed to by the Pool's streamDigest. Leaves are appended in this order: for each
 * transaction its outputs in order (without those that became packages), then the leaves among `entries` in order.
 */
export interface CompactBlock {
  readonly number: bigint;
  /** Index of the block's first leaf. */
  readonly firstLeaf: bigint;
  readonly transactions: readonly CompactTransaction[];
  /** In the order of their transactions, those of genesis first. */
  readonly entries: readonly PoolEntry[];
  /** Accounts without code that hold more after this block than before (withdrawals, fees, payouts by contracts). */
  readonly credited: readonly EthAddress[];
}
