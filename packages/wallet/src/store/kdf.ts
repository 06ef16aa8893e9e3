import { SeroError } from "@sero/protocol";
import { scryptAsync } from "@noble/hashes/scrypt.js";

/**
 * scrypt (RFC 7914). Chosen over argon2id by measurement: N = 2^17, r = 8 (128 MiB) takes 0.38 s in Node's native code and 0.6 s in plain
 * JavaScript here, where argon2id with half the memory takes 1.0 s and has no native form in Node 20 or browsers.
 */
export interface KdfParameters {
  /** log2 of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** What new wallets use. */
export const DEFAULT_KDF: KdfParameters = { logN: 17, r: 8, p: 1 };

/** Turns a passphrase's UTF-8 bytes and a salt into 32 bytes. */
export type Kdf = (passphrase: Uint8Array, salt: Uint8Array, parameters: KdfParameters) => Promise<Uint8Array>;

/** The portable scrypt; Node's native one is in platform/node. */
export const portableKdf: Kdf = (passphrase, salt, { logN, r, p }) =>
  scryptAsync(passphrase, salt, { N: 2 ** logN, r, p, dkLen: 32, maxmem: 2 ** 31 });

/** Throws store/damaged unless the parameters are within bounds: a foreign file must not make us allocate gigabytes. */
export function checkKdfParameters({ logN, r, p }: KdfParameters): void {
  const bounded = logN >= 10 && logN <= 20 && r >= 1 && r <= 16 && p >= 1 && p <= 4;
  if (!bounded)
    throw new SeroError(
      "store/damaged",
      "The key file asks for an impossible amount of work. It is damaged or not from SERO; use a backup.",
      {
        logN,
        r,
        p,
      },
    );
}

/** A passphrase in the one form that every keyboard's input is brought to (NFKD, UTF-8). */
export function passphraseBytes(passphrase: string): Uint8Array {
  return new TextEncoder().encode(passphrase.normalize("NFKD"));
}
