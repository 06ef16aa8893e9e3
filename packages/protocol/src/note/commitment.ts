import { bytesToBigInt, expectLength } from "../bytes/index.js";
import { SeroError } from "../errors.js";
import { fastH } from "../hash/fast.js";
import { DOMAINS } from "../hash/index.js";
import type { AssetId, Commitment, Inner, Nullifier, NullifierKey, OwnerTag } from "../types.js";

/** Values are below this. */
export const MAX_VALUE = 2n ** 128n - 1n;

/** A note: an amount of one asset that one hidden owner can spend once. */
export interface Note {
  /** Diversifier of the address it was sent to, 16 bytes. */
  readonly d: Uint8Array;
  readonly ownerTag: OwnerTag;
  readonly asset: AssetId;
  /** Base units, below 2^128. */
  readonly value: bigint;
  readonly rho: bigint;
  /** 0 in notes that the chain completed; secret in all others. */
  readonly blind: bigint;
}

/** Kinds of assets other than the coin, as hashed into their ids. */
export const ASSET_KINDS = { token: 1, ticket: 2 } as const;

/** H(D_INNER, ownerTag, rho): the half of a commitment that hides the owner. */
export function noteInner(ownerTag: OwnerTag, rho: bigint): Inner {
  return fastH(DOMAINS.D_INNER, ownerTag, rho) as Inner;
}

/** cm = H(D_NOTE, inner, asset, value, blind). Throws note/value unless 0 <= value < 2^128. */
export function noteCommitment(inner: Inner, asset: AssetId, value: bigint, blind: bigint): Commitment {
  if (value < 0n || value > MAX_VALUE) throw new SeroError("note/value", "Give a note's value below 2^128 base units.");
  return fastH(DOMAINS.D_NOTE, inner, asset, value, blind) as Commitment;
}

/** The commitment of a note. */
export function commitmentOf(note: Note): Commitment {
  return noteCommitment(noteInner(note.ownerTag, note.rho), note.asset, note.value, note.blind);
}

/** nf = H(D_NF, nk, cm, leafIndex), 0 <= leafIndex < 2^32. Throws note/leaf-index (attack A3: one note, one nullifier). */
export function nullifierOf(nk: NullifierKey, cm: Commitment, leafIndex: bigint): Nullifier {
  if (leafIndex < 0n || leafIndex >> 32n !== 0n) {
    throw new SeroError("note/leaf-index", "Give a leaf index below 2^32.");
  }
  return fastH(DOMAINS.D_NF, nk, cm, leafIndex) as Nullifier;
}

/**
 * H(D_ASSET, kind, token contract, id div 2^128, id mod 2^128): kind 1 a token (ERC-20, id 0), 2 a ticket (ERC-721). The contract's 20
 * bytes are read big-endian; 0 <= id < 2^256. Throws bytes/length, note/asset.
 */
export function assetIdOf(kind: 1 | 2, token: Uint8Array, id: bigint): AssetId {
  expectLength(token, 20, "a token contract");
  if (id < 0n || id >> 256n !== 0n) throw new SeroError("note/asset", "Give a ticket's id below 2^256.");
  if (kind === ASSET_KINDS.token && id !== 0n) throw new SeroError("note/asset", "A token has the id 0.");
  const low = (1n << 128n) - 1n;
  return fastH(DOMAINS.D_ASSET, BigInt(kind), bytesToBigInt(token), id >> 128n, id & low) as AssetId;
}
