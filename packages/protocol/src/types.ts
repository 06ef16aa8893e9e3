/** Gives a type a name that the compiler checks, at no cost at run time. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** An element of the BN254 scalar field, 0 <= x < r. Bytes: 32, big-endian. */
export type Field = bigint;

/** Revealed when a note is spent. */
export type Nullifier = Brand<bigint, "Nullifier">;
/** The commitment `cm` of a note: a leaf of the note tree. */
export type Commitment = Brand<bigint, "Commitment">;
/** A root of the note tree that a spend proves membership under. */
export type Anchor = Brand<bigint, "Anchor">;
/** 0 is the coin; otherwise H(D_ASSET, kind, token contract, id high, id low). */
export type AssetId = Brand<bigint, "AssetId">;
/** H(D_OWNER, acct, d): who owns a note. */
export type OwnerTag = Brand<bigint, "OwnerTag">;
/** H(D_INNER, ownerTag, rho): the hidden-owner half of a commitment. */
export type Inner = Brand<bigint, "Inner">;
/** The spend authority `ask`, a scalar modulo l. Secret. */
export type SpendAuthority = Brand<bigint, "SpendAuthority">;
/** `nk`, computes nullifiers. Secret. */
export type NullifierKey = Brand<bigint, "NullifierKey">;
/** `acct = H(D_ACCT, A.x, A.y, nk)`: links the addresses of an account; in every view key, in no address. */
export type AccountTag = Brand<bigint, "AccountTag">;
/** `ivk` or `ivkInt`: 32 bytes, X25519 scalar. Secret. */
export type IncomingKey = Brand<Uint8Array, "IncomingKey">;
/** `ovk`: 32 bytes. Secret. */
export type OutgoingKey = Brand<Uint8Array, "OutgoingKey">;
/** `txid = bind`, 32 bytes big-endian. */
export type TxId = Brand<Uint8Array, "TxId">;
/** A package's id, 32 bytes (protocol, section 8). */
export type PackageId = Brand<Uint8Array, "PackageId">;
/** 20 bytes. */
export type EthAddress = Brand<Uint8Array, "EthAddress">;
/** 32 bytes, keccak256 of a header. */
export type BlockHash = Brand<Uint8Array, "BlockHash">;

/** The coin's asset id. */
export const COIN = 0n as AssetId;
