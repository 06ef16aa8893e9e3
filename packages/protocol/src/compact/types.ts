import type { AssetId, Commitment, Inner, Nullifier, TxId, EthAddress } from "../types.js";

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
  /** The pseudonym of a call phase. */
  readonly pseudonym: EthAddress | undefined;
}

/** A leaf that the chain itself completed from an `inner` with public asset and value, blind 0: genesis notes, returns, contract payouts. */
export interface CompletedNote {
  readonly inner: Inner;
  readonly asset: AssetId;
  readonly value: bigint;
  /** The `note` that a contract gave along: one ciphertext in the standard format. */
  readonly ciphertext?: Uint8Array | undefined;
}

/**
 * Everything of one block that wallets scan, committed to by the Pool's streamDigest. Leaves are appended in this order: for each
 * transaction its outputs in order (without those that became packages), then `completed` in order.
 */
export interface CompactBlock {
  readonly number: bigint;
  /** Index of the block's first leaf. */
  readonly firstLeaf: bigint;
  readonly transactions: readonly CompactTransaction[];
  readonly completed: readonly CompletedNote[];
  /** Accounts without code credited in this block (withdrawals, fees). */
  readonly credited: readonly EthAddress[];
}
