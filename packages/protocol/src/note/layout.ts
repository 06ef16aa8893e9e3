/** First byte of the plaintext of an ordinary note, whose blind comes from the seed. */
export const NOTE_VERSION = 1;
/** First byte of the plaintext of a note that the chain completed from an `inner` of the same seed: its blind is 0. */
export const COMPLETED_NOTE_VERSION = 2;

/** Poly1305 tag. */
export const TAG_BYTES = 16;
/** Plaintext for the receiver: version 1 | d 16 | asset 32 BE | value 16 BE | seed 32 | memo key 32. */
export const NOTE_PLAINTEXT_BYTES = 129;
/** Plaintext for the sender: P_d 32 | ownerTag 32 BE | seed 32. */
export const SENDER_PLAINTEXT_BYTES = 96;

/** Where each part of a note plaintext begins. */
export const NOTE_OFFSETS = { version: 0, d: 1, asset: 17, value: 49, seed: 65, memoKey: 97 } as const;

/** Where each part of a ciphertext begins: epk 32 | view tag 1 | receiver's part 129 + 16 | sender's part 96 + 16. */
export const CIPHERTEXT_OFFSETS = { epk: 0, viewTag: 32, receiver: 33, sender: 178 } as const;
/** Bytes of every ciphertext, real or dummy. */
export const CIPHERTEXT_BYTES = 290;

/** The parts of a ciphertext, as views into it. */
export interface CiphertextParts {
  /** X25519 public key, 32 bytes. */
  readonly epk: Uint8Array;
  readonly viewTag: number;
  readonly receiver: Uint8Array;
  readonly sender: Uint8Array;
}

/** Takes a ciphertext apart without copying; undefined unless it has CIPHERTEXT_BYTES. */
export function ciphertextParts(ciphertext: Uint8Array): CiphertextParts | undefined {
  if (ciphertext.length !== CIPHERTEXT_BYTES) return undefined;
  const { epk, viewTag, receiver, sender } = CIPHERTEXT_OFFSETS;
  return {
    epk: ciphertext.subarray(epk, viewTag),
    viewTag: ciphertext[viewTag] as number,
    receiver: ciphertext.subarray(receiver, sender),
    sender: ciphertext.subarray(sender, CIPHERTEXT_BYTES),
  };
}
