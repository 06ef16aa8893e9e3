import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import type { Address } from "../address/index.js";
import { DIVERSIFIER_BYTES, diversifiedBase, isCanonicalX25519 } from "../address/diversifier.js";
import type { RandomSource } from "../bytes/index.js";
import { bigIntToBytes, concatBytes, expectLength, randomBytes } from "../bytes/index.js";
import { SeroError } from "../errors.js";
import { fieldToBytes } from "../field/index.js";
import { hkdfSha256 } from "../keys/hkdf.js";
import { LABELS } from "../keys/labels.js";
import type { AssetId, Commitment, Inner, OutgoingKey } from "../types.js";
import type { Note } from "./commitment.js";
import { noteCommitment, noteInner } from "./commitment.js";
import { COMPLETED_NOTE_VERSION, NOTE_VERSION } from "./layout.js";
import { SEED_BYTES, expandSeed } from "./seed.js";
import { noteKey } from "./view-tag.js";

/** What an output is made from. */
export interface NoteToSeal {
  readonly address: Address;
  readonly asset: AssetId;
  /** Base units, below 2^128. */
  readonly value: bigint;
  /** 32 bytes from `noteSeed`. */
  readonly seed: Uint8Array;
  /** 32 bytes: the key of the memo that this receiver may read, or random ones. */
  readonly memoKey: Uint8Array;
  /** undefined: the sender cannot reopen it (dummies): its part is sealed under a random key. */
  readonly ovk: OutgoingKey | undefined;
  /** The bundle's rk, 32 bytes. */
  readonly rk: Uint8Array;
}

/** An output, ready for a bundle. */
export interface SealedNote {
  readonly note: Note;
  readonly inner: Inner;
  readonly commitment: Commitment;
  /** CIPHERTEXT_BYTES. */
  readonly ciphertext: Uint8Array;
}

// Every key here seals one message, so the nonce is constant.
const NONCE = new Uint8Array(12);

/** ChaCha20-Poly1305 (RFC 8439) with the all-zero nonce and no associated data; ciphertext || tag. Each key must seal once only. */
export function sealOnce(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return chacha20poly1305(key, NONCE).encrypt(plaintext);
}

/** The plaintext that sealOnce sealed, or undefined if key or bytes are not those. */
export function openOnce(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  try {
    return chacha20poly1305(key, NONCE).decrypt(sealed);
  } catch {
    return undefined;
  }
}

/** HKDF-SHA256(ovk, salt "SERO/note-sender/1", info cm 32 BE || epk || rk), 32 bytes. */
export function senderKey(ovk: OutgoingKey, cm: Uint8Array, epk: Uint8Array, rk: Uint8Array): Uint8Array {
  return hkdfSha256(ovk, LABELS.senderSalt, concatBytes(cm, epk, rk), 32);
}

/** The rk under which ciphertexts outside of bundles are sealed (contract payouts, repacked notes): 32 zero bytes. */
export const NO_RK: Uint8Array = new Uint8Array(32);

/**
 * Makes an output: the note, its commitment and its ciphertext epk | view tag | receiver's part | sender's part. Deterministic but for the
 * random key that takes the place of a missing ovk. A dummy is one to `randomAddress()` of value 0 with no ovk. Throws bytes/length,
 * note/value, field/not-canonical, note/address (P_d of low order).
 */
export function sealNote(input: NoteToSeal, random: RandomSource = randomBytes): SealedNote {
  return seal(input, NOTE_VERSION, random);
}

/**
 * The `inner` of a note that a contract is to pay to `address`, and the ciphertext by which its owner finds it: for shieldCoin, shieldToken,
 * shieldTicket and whatever calls them. The chain completes the note with blind 0, so asset and value must be exactly those that it will be
 * completed with; where they are not known beforehand, give a receive slot and no ciphertext. rk is NO_RK. Throws as sealNote, and note/value
 * for 0.
 */
export function sealCompletedNote(input: Omit<NoteToSeal, "rk">, random: RandomSource = randomBytes): SealedNote {
  if (input.value === 0n) throw new SeroError("note/value", "Give a value above 0.");
  return seal({ ...input, rk: NO_RK }, COMPLETED_NOTE_VERSION, random);
}

function seal(input: NoteToSeal, version: number, random: RandomSource): SealedNote {
  const { address, asset, value, seed, memoKey, ovk, rk } = input;
  expectLength(address.d, DIVERSIFIER_BYTES, "a diversifier");
  expectLength(seed, SEED_BYTES, "a note's seed");
  expectLength(memoKey, 32, "a memo key");
  expectLength(rk, 32, "rk");
  if (!isCanonicalX25519(address.pd))
    throw new SeroError("note/address", "Take another address: its P_d is out of range.");
  const { rho, blind: secretBlind, esk } = expandSeed(seed);
  const blind = version === COMPLETED_NOTE_VERSION ? 0n : secretBlind;
  const inner = noteInner(address.ownerTag, rho);
  const commitment = noteCommitment(inner, asset, value, blind);
  const cm = fieldToBytes(commitment);
  const epk = x25519.scalarMult(esk, diversifiedBase(address.d));
  const { viewTag, key } = noteKey(x25519.scalarMult(esk, address.pd), epk, cm);
  const receiver = concatBytes(
    Uint8Array.of(version),
    address.d,
    fieldToBytes(asset),
    bigIntToBytes(value, 16),
    seed,
    memoKey,
  );
  const sender = concatBytes(address.pd, fieldToBytes(address.ownerTag), seed);
  const outgoing = ovk === undefined ? random(32) : senderKey(ovk, cm, epk, rk);
  return {
    note: { d: address.d, ownerTag: address.ownerTag, asset, value, rho, blind },
    inner,
    commitment,
    ciphertext: concatBytes(epk, Uint8Array.of(viewTag), sealOnce(key, receiver), sealOnce(outgoing, sender)),
  };
}
