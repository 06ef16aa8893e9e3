/**
 * Every label, salt and domain tag that protocol code outside circuits hashes with, in one place so that no two uses share one. All are
 * ASCII, without a terminator. (Poseidon's domain constants are in hash/domains.ts.) docs/protocol/keys-and-notes.md says where each goes.
 */
export const LABELS = {
  /** HKDF salt of all account keys; the infos follow. */
  keysSalt: "SERO/keys/1",
  ask: "SERO/key/ask",
  nk: "SERO/key/nk",
  ivk: "SERO/key/ivk",
  ivkInt: "SERO/key/ivk-internal",
  ovk: "SERO/key/ovk",
  dk: "SERO/key/dk",
  rhoKey: "SERO/key/rho",
  pseudonym: "SERO/key/pseudonym",
  /** HKDF salt of pseudonym keys; the infos follow. */
  pseudonymSalt: "SERO/pseudonym-key/1",
  pseudonymCall: "call",
  pseudonymKept: "kept",
  /** Prefix of the HMAC message that makes a diversifier. */
  diversifier: "SERO/diversifier",
  /** RFC 9380 domain separation tag of the hash to curve25519. */
  diversifierDst: "SERO-V1-diversifier",
  /** Prefixes of the SHA-512 inputs of a signature. */
  signatureNonce: "SERO/sig-nonce",
  signatureChallenge: "SERO/sig-chal",
  /** HKDF salts of notes. */
  noteSalt: "SERO/note/1",
  noteSeedSalt: "SERO/note-seed/1",
  noteExpandSalt: "SERO/note-expand/1",
  senderSalt: "SERO/note-sender/1",
  /** HKDF infos under noteExpandSalt. */
  rho: "rho",
  blind: "blind",
  esk: "esk",
  /** HKDF salt of memos; the infos follow. */
  memoSalt: "SERO/memo/1",
  memoCommitment: "commitment",
  memoKey: "key",
} as const;
