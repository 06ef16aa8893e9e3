import { x25519 } from "@noble/curves/ed25519.js";
import { isZeroBytes } from "../bytes/index.js";

/**
 * X25519 (RFC 7748) of one fixed secret scalar with a public key of 32 bytes. May throw or give zeros for a low-order key; both count as
 * no match. Wallets in Node pass a native one, 40 times as fast as x25519Noble.
 */
export type SharedSecret = (publicKey: Uint8Array) => Uint8Array;

/** X25519 in plain JavaScript, for any platform; about 1.5 ms a call. */
export function x25519Noble(scalar: Uint8Array): SharedSecret {
  return (publicKey) => x25519.scalarMult(scalar, publicKey);
}

/** The shared secret, or undefined where X25519 has none: a low-order key, an all-zero result (attack A16). */
export function agree(dh: SharedSecret, publicKey: Uint8Array): Uint8Array | undefined {
  let shared: Uint8Array;
  try {
    shared = dh(publicKey);
  } catch {
    return undefined;
  }
  return isZeroBytes(shared) ? undefined : shared;
}
