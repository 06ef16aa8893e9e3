import { x25519 } from "@noble/curves/ed25519.js";
import type { RandomSource } from "../bytes/index.js";
import { bytesToBigInt, randomBytes } from "../bytes/index.js";
import { Fr } from "../field/index.js";
import { DOMAINS, H } from "../hash/index.js";
import type { FullViewKey } from "../keys/account.js";
import type { AccountTag, OwnerTag } from "../types.js";
import { DIVERSIFIER_BYTES, diversifiedBase, diversifierAt } from "./diversifier.js";

/** Where a payment goes. Two addresses of one account cannot be linked by anybody without its view key. */
export interface Address {
  /** Diversifier, 16 bytes. */
  readonly d: Uint8Array;
  /** P_d = X25519(ivk, G_d), 32 bytes. */
  readonly pd: Uint8Array;
  /** H(D_OWNER, acct, d). */
  readonly ownerTag: OwnerTag;
}

/** What addresses of an account are made from; every full view key and account has it. */
export type AddressKeys = Pick<FullViewKey, "dk" | "ivk" | "acct">;

/** H(D_OWNER, acct, d), d read as a big-endian integer. */
export function ownerTagOf(acct: AccountTag, d: Uint8Array): OwnerTag {
  return H(DOMAINS.D_OWNER, acct, bytesToBigInt(d)) as OwnerTag;
}

/** Address number `index` (0 <= index < 2^128) of an account, to give to others. */
export function addressAt(keys: AddressKeys, index: bigint): Address {
  return addressUnder(keys.ivk, keys, index);
}

/** The account's own address for change and notes to itself: as addressAt, with P_d from ivkInt. Never given to anybody. */
export function addressForChange(keys: Pick<FullViewKey, "dk" | "ivkInt" | "acct">, index: bigint): Address {
  return addressUnder(keys.ivkInt, keys, index);
}

function addressUnder(scalar: Uint8Array, keys: Pick<AddressKeys, "dk" | "acct">, index: bigint): Address {
  const d = diversifierAt(keys.dk, index);
  return { d, pd: x25519.scalarMult(scalar, diversifiedBase(d)), ownerTag: ownerTagOf(keys.acct, d) };
}

/** A fresh address that nobody can open, distributed like real ones: where dummy outputs go (attack D33). */
export function randomAddress(random: RandomSource = randomBytes): Address {
  const d = random(DIVERSIFIER_BYTES);
  return {
    d,
    pd: x25519.scalarMult(random(32), diversifiedBase(d)),
    ownerTag: Fr.reduce(bytesToBigInt(random(64))) as OwnerTag,
  };
}
