import { x25519 } from "@noble/curves/ed25519.js";
import type { Address } from "../address/index.js";
import { ownerTagOf } from "../address/address.js";
import { diversifiedBase, isCanonicalX25519 } from "../address/diversifier.js";
import { bytesToBigInt, equalBytes } from "../bytes/index.js";
import { fieldToBytes, isField } from "../field/index.js";
import type { AccountTag, AssetId, Commitment, Inner, OutgoingKey, OwnerTag } from "../types.js";
import type { Note } from "./commitment.js";
import { noteCommitment, noteInner } from "./commitment.js";
import type { CiphertextParts } from "./layout.js";
import { COMPLETED_NOTE_VERSION, NOTE_OFFSETS, NOTE_VERSION, ciphertextParts } from "./layout.js";
import { NO_RK, openOnce, senderKey } from "./seal.js";
import { expandSeed } from "./seed.js";
import type { SharedSecret } from "./shared-secret.js";
import { agree, x25519Noble } from "./shared-secret.js";
import type { ViewTagCheck } from "./view-tag.js";
import { createViewTagCheck, noteKey } from "./view-tag.js";

/** A received note. */
export interface OpenedNote {
  readonly note: Note;
  readonly inner: Inner;
  /** 32 bytes: opens the transaction's memo meant for this receiver, if there is one. */
  readonly memoKey: Uint8Array;
  /** 32 bytes; with it anybody can recompute the note. Secret. */
  readonly seed: Uint8Array;
  /** The ciphertext says that the chain completed the note, so blind is 0. Such a one counts only where the chain did. */
  readonly isCompleted: boolean;
}

/** A note that this account sent. */
export interface OpenedSent extends OpenedNote {
  readonly address: Address;
}

/** Opens outputs for one account; keeps scratch space, so make one a thread. */
export type IncomingOpener = (cm: Uint8Array, ciphertext: Uint8Array) => OpenedNote | undefined;

/**
 * An opener for scanning, of ordinary and of completed notes: the caller holds `isCompleted` against where the ciphertext stands. Takes the
 * commitment as 32 bytes big-endian, as it stands in compact blocks. `dh` is X25519 with ivk (external notes) or ivkInt (change). The view
 * tag is checked before anything else.
 */
export function incomingOpener(dh: SharedSecret, acct: AccountTag): IncomingOpener {
  const check = createViewTagCheck();
  return (cm, ciphertext) => openWith(check, dh, acct, cm, ciphertext);
}

/**
 * The note in a ciphertext, if it is the account's. undefined, without a trace, for everything else: foreign notes and false ones, that
 * is, where epk is not X25519(esk, G_d) byte for byte, the commitment is not that of (acct, d, rho, asset, value, blind), a part is out of
 * range or the value is 0 (attacks D24, D25, A13, A16). Never throws for bytes from the chain.
 */
export function openIncoming(
  dh: SharedSecret,
  acct: AccountTag,
  cm: Commitment,
  ciphertext: Uint8Array,
): OpenedNote | undefined {
  return ofKind(incomingOpener(dh, acct)(fieldToBytes(cm), ciphertext), false);
}

/**
 * The note in the ciphertext that a contract gave along, if it is the account's: as openIncoming, for a note that the chain completed. `cm` is
 * the commitment of what it was completed with. A ciphertext that lies about inner, asset or value gives undefined (attack D24).
 */
export function openCompleted(
  dh: SharedSecret,
  acct: AccountTag,
  cm: Commitment,
  ciphertext: Uint8Array,
): OpenedNote | undefined {
  return ofKind(incomingOpener(dh, acct)(fieldToBytes(cm), ciphertext), true);
}

const ofKind = <T extends OpenedNote>(opened: T | undefined, isCompleted: boolean): T | undefined =>
  opened?.isCompleted === isCompleted ? opened : undefined;

function openWith(
  check: ViewTagCheck,
  dh: SharedSecret,
  acct: AccountTag,
  cm: Uint8Array,
  ciphertext: Uint8Array,
): OpenedNote | undefined {
  const parts = ciphertextParts(ciphertext);
  if (parts === undefined) return undefined;
  const shared = agree(dh, parts.epk);
  if (shared === undefined || !check(shared, parts.epk, cm, parts.viewTag)) return undefined;
  return finishOpening(shared, parts, cm, (d) => ownerTagOf(acct, d));
}

/** Decrypts the receiver's part and holds every part of it against epk and cm. `isEmpty`: only what is worth nothing, else only what is worth something. */
function finishOpening(
  shared: Uint8Array,
  { epk, viewTag, receiver }: CiphertextParts,
  cm: Uint8Array,
  ownerOf: (d: Uint8Array) => OwnerTag,
  isEmpty = false,
): OpenedNote | undefined {
  const { viewTag: expectedTag, key } = noteKey(shared, epk, cm);
  if (viewTag !== expectedTag) return undefined;
  const plaintext = openOnce(key, receiver);
  const version = plaintext?.[NOTE_OFFSETS.version];
  const isCompleted = version === COMPLETED_NOTE_VERSION;
  if (plaintext === undefined || (version !== NOTE_VERSION && !isCompleted)) return undefined;
  const d = plaintext.slice(NOTE_OFFSETS.d, NOTE_OFFSETS.asset);
  const asset = bytesToBigInt(plaintext.subarray(NOTE_OFFSETS.asset, NOTE_OFFSETS.value)) as AssetId;
  const value = bytesToBigInt(plaintext.subarray(NOTE_OFFSETS.value, NOTE_OFFSETS.seed));
  const seed = plaintext.slice(NOTE_OFFSETS.seed, NOTE_OFFSETS.memoKey);
  if (!isField(asset) || (value === 0n) !== isEmpty) return undefined;
  const { rho, blind: secretBlind, esk } = expandSeed(seed);
  const blind = isCompleted ? 0n : secretBlind;
  if (!equalBytes(epk, x25519.scalarMult(esk, diversifiedBase(d)))) return undefined;
  const ownerTag = ownerOf(d);
  const inner = noteInner(ownerTag, rho);
  if (!equalBytes(cm, fieldToBytes(noteCommitment(inner, asset, value, blind)))) return undefined;
  const note: Note = { d, ownerTag, asset, value, rho, blind };
  return { note, inner, memoKey: plaintext.slice(NOTE_OFFSETS.memoKey), seed, isCompleted };
}

/**
 * What the holder of `ovk` sent in a ciphertext of a bundle with this `rk`, with the same checks as openIncoming; undefined for anything
 * else. The sender's part gives P_d, ownerTag and seed; the rest comes from the receiver's part, opened with esk.
 */
export function openSent(
  ovk: OutgoingKey,
  rk: Uint8Array,
  cm: Commitment,
  ciphertext: Uint8Array,
): OpenedSent | undefined {
  return ofKind(openSentAny(ovk, rk, cm, ciphertext), false);
}

/**
 * An output worth nothing that the holder of `ovk` sealed in a bundle with this `rk`: as openSent, which opens none. It is no note; a wallet makes
 * one to know again a transaction in which it spends no note.
 */
export const openSentEmpty = (
  ovk: OutgoingKey,
  rk: Uint8Array,
  cm: Commitment,
  ciphertext: Uint8Array,
): OpenedSent | undefined => ofKind(openSentAny(ovk, rk, cm, ciphertext, true), false);

/** What the holder of `ovk` had a contract pay: as openSent, for a note that the chain completed. */
export const openSentCompleted = (ovk: OutgoingKey, cm: Commitment, ciphertext: Uint8Array): OpenedSent | undefined =>
  ofKind(openSentAny(ovk, NO_RK, cm, ciphertext), true);

function openSentAny(
  ovk: OutgoingKey,
  rk: Uint8Array,
  cm: Commitment,
  ciphertext: Uint8Array,
  isEmpty = false,
): OpenedSent | undefined {
  const parts = ciphertextParts(ciphertext);
  if (parts === undefined) return undefined;
  const cmBytes = fieldToBytes(cm);
  const sender = openOnce(senderKey(ovk, cmBytes, parts.epk, rk), parts.sender);
  if (sender === undefined) return undefined;
  const pd = sender.slice(0, 32);
  const ownerTag = bytesToBigInt(sender.subarray(32, 64)) as OwnerTag;
  const seed = sender.subarray(64);
  if (!isField(ownerTag) || !isCanonicalX25519(pd)) return undefined;
  const shared = agree(x25519Noble(expandSeed(seed).esk), pd);
  if (shared === undefined) return undefined;
  const opened = finishOpening(shared, parts, cmBytes, () => ownerTag, isEmpty);
  if (opened === undefined || !equalBytes(seed, opened.seed)) return undefined;
  return { ...opened, address: { d: opened.note.d, pd, ownerTag } };
}
