import type { Anchor, AssetId, Commitment, EthAddress, Inner, Nullifier } from "../types.js";

/** One proof's worth of a transaction: 2 notes in, 3 out (protocol, section 5). */
export interface Bundle {
  /** Circuit number; the chain spec says which are active. 0 is the spend circuit. */
  readonly circuit: number;
  readonly nullifiers: readonly [Nullifier, Nullifier];
  readonly commitments: readonly [Commitment, Commitment, Commitment];
  /** Coin that leaves the pool, base units, below 2^128. */
  readonly pubCoin: bigint;
  /** Asset that leaves the pool; 0 when `pubAmount` is 0. */
  readonly pubAsset: AssetId;
  /** Amount of `pubAsset` that leaves the pool, base units, below 2^128. */
  readonly pubAmount: bigint;
  /** Re-randomised spend authority: an encoded Baby Jubjub point, 32 bytes. */
  readonly rk: Uint8Array;
  /** Schnorr signature (R, S) under `rk` over `bind`, 64 bytes. */
  readonly signature: Uint8Array;
  /** Groth16 proof, 256 bytes: A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y, each 32 bytes big-endian (EIP-197 order). */
  readonly proof: Uint8Array;
}

/** One call of the call phase; `to` undefined creates a contract from `data`. */
export interface Call {
  readonly to: EthAddress | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
}

/** What an entry of `returns` takes back into the Pool. */
export type ReturnKind = "coin" | "token" | "ticket";

/** Takes `n` ids of a ticket contract, in log order, that Transfer events moved to the pseudonym. */
export interface AnyIds {
  readonly any: number;
}

/** One entry of `returns`: sweeps what it names from the pseudonym back into the Pool as notes of hidden owners. */
export interface ReturnEntry {
  readonly kind: ReturnKind;
  /** Token contract; undefined for the coin. */
  readonly token: EthAddress | undefined;
  /** Ticket id below 2^256, or ANY(n); 0 for coin and tokens. */
  readonly id: bigint | AnyIds;
  /** On success the asset stays on the pseudonym on purpose. */
  readonly leave: boolean;
  /** One inner a note: one, or n for ANY(n). */
  readonly inners: readonly Inner[];
}

/** The call phase (protocol, section 6). */
export interface CallPhase {
  readonly pseudonym: EthAddress;
  readonly nonce: bigint;
  /** r (32) || s (32) || yParity (1), low s. */
  readonly signature: Uint8Array;
  readonly gasLimit: bigint;
  readonly calls: readonly Call[];
  readonly returns: readonly ReturnEntry[];
}

/** Makes an output of this transaction a package (protocol, section 8). */
export interface PackageEntry {
  /** Index over all outputs of the transaction, 3 a bundle. */
  readonly outputIndex: number;
  /** First controller; undefined when there is a call phase (then the pseudonym). */
  readonly controller: EthAddress | undefined;
  readonly onFailure: "hold" | "release";
}

/** A transaction of type 0x5e, the only type users can send. */
export interface Transaction {
  readonly chainId: bigint;
  /** Last block number it may be in. */
  readonly expiry: bigint;
  /** Index into the chain spec's price ladder. */
  readonly priceStep: number;
  readonly anchor: Anchor;
  /** 1 to 8. */
  readonly bundles: readonly Bundle[];
  /** Note ciphertexts, 3 a bundle, each CIPHERTEXT_BYTES. */
  readonly outputs: readonly Uint8Array[];
  /** Memo chunks, at least one, each MEMO_CHUNK_BYTES. */
  readonly memos: readonly Uint8Array[];
  readonly call: CallPhase | undefined;
  readonly packages: readonly PackageEntry[];
}
