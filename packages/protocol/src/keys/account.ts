import { bigIntToBytes, concatBytes, expectLength, utf8 } from "../bytes/index.js";
import type { Point } from "../curve/index.js";
import { SUBGROUP_ORDER, mulBase } from "../curve/index.js";
import { SeroError } from "../errors.js";
import { FIELD_ORDER } from "../field/index.js";
import { DOMAINS, H } from "../hash/index.js";
import type { AccountTag, IncomingKey, NullifierKey, OutgoingKey, SpendAuthority } from "../types.js";
import { hkdfScalar, hkdfSha256 } from "./hkdf.js";
import { LABELS } from "./labels.js";

/** Sees an account's external income and which notes are its own; neither change, returns nor spends. */
export interface IncomingViewKey {
  /** Name of the chain's network, e.g. "sero-dev". */
  readonly network: string;
  /** X25519 scalar (clamped when used). */
  readonly ivk: IncomingKey;
  readonly acct: AccountTag;
}

/** Sees everything an account does. Cannot spend. `acct` is always computed from A and nk (attack D27). */
export interface FullViewKey extends IncomingViewKey {
  /** ask * B8. */
  readonly A: Point;
  readonly nk: NullifierKey;
  /** X25519 scalar of change and of notes to oneself. */
  readonly ivkInt: IncomingKey;
  /** 32 bytes: reopens what the account sent. */
  readonly ovk: OutgoingKey;
  /** 32 bytes: derives diversifiers. Secret. */
  readonly dk: Uint8Array;
  /** A field element: derives the rho of returns and receive slots. Secret. */
  readonly rhoKey: bigint;
}

/** All keys of one account. Whoever holds this spends its notes. */
export interface AccountKeys extends FullViewKey {
  /** Number of the account under its phrase, from 0. */
  readonly account: number;
  readonly ask: SpendAuthority;
  /** 32 bytes: derives the secp256k1 keys of pseudonyms. Secret. */
  readonly pseudonymSeed: Uint8Array;
}

/** Throws keys/network unless the name is 1 to 32 of a-z, 0-9 and '-', beginning with a letter. */
export function checkNetworkName(network: string): void {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(network)) {
    throw new SeroError("keys/network", "Name a network with 1 to 32 of a-z, 0-9 and '-', a letter first.");
  }
}

/** H(D_ACCT, A.x, A.y, nk). */
export function accountTag(A: Point, nk: NullifierKey): AccountTag {
  return H(DOMAINS.D_ACCT, A.x, A.y, nk) as AccountTag;
}

/**
 * The keys of account number `account` (0 to 2^32 - 1) on `network` from a 64-byte BIP-39 seed. Each by
 * HKDF-SHA256(seed, salt "SERO/keys/1", info = label || 0x00 || byte length of network || network || account as 4 bytes big-endian
 * || try byte for scalars): 64 bytes mod l or r for ask, nk and rhoKey, 32 bytes for the others. None is computed from another, so
 * none reveals another. Throws bytes/length, keys/network, keys/account.
 */
export function deriveAccount(seed: Uint8Array, network: string, account: number): AccountKeys {
  expectLength(seed, 64, "a seed");
  checkNetworkName(network);
  if (!Number.isInteger(account) || account < 0 || account > 0xffffffff) {
    throw new SeroError("keys/account", "Give an account's number as an integer from 0 to 4294967295.", { account });
  }
  const info = (label: string): Uint8Array =>
    concatBytes(utf8(label), Uint8Array.of(0, network.length), utf8(network), bigIntToBytes(BigInt(account), 4));
  const scalar = (label: string, modulus: bigint): bigint => hkdfScalar(seed, LABELS.keysSalt, info(label), modulus);
  const bytes = (label: string): Uint8Array => hkdfSha256(seed, LABELS.keysSalt, info(label), 32);
  const ask = scalar(LABELS.ask, SUBGROUP_ORDER) as SpendAuthority;
  const nk = scalar(LABELS.nk, FIELD_ORDER) as NullifierKey;
  const A = mulBase(ask);
  return {
    network,
    account,
    ask,
    A,
    nk,
    ivk: bytes(LABELS.ivk) as IncomingKey,
    ivkInt: bytes(LABELS.ivkInt) as IncomingKey,
    ovk: bytes(LABELS.ovk) as OutgoingKey,
    dk: bytes(LABELS.dk),
    rhoKey: scalar(LABELS.rhoKey, FIELD_ORDER),
    pseudonymSeed: bytes(LABELS.pseudonym),
    acct: accountTag(A, nk),
  };
}

/** The full view key in `keys`, and nothing else of them. */
export function fullViewKey({ network, A, nk, ivk, ivkInt, ovk, dk, rhoKey }: FullViewKey): FullViewKey {
  return { network, A, nk, ivk, ivkInt, ovk, dk, rhoKey, acct: accountTag(A, nk) };
}

/** The incoming view key in `keys`, and nothing else of them. */
export function incomingViewKey({ network, ivk, acct }: IncomingViewKey): IncomingViewKey {
  return { network, ivk, acct };
}
