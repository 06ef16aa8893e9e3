import { SeroError } from "../errors.js";

/** A source of random bytes. The default everywhere is `randomBytes`; tests and vectors pass a fixed one. */
export type RandomSource = (length: number) => Uint8Array;

interface WebCrypto {
  getRandomValues(array: Uint8Array): Uint8Array;
}

/** `length` bytes from the operating system's generator (Web Crypto, at most 65,536 at once). Throws bytes/random if there is none. */
export function randomBytes(length: number): Uint8Array {
  const source = (globalThis as { readonly crypto?: WebCrypto }).crypto;
  if (source === undefined) {
    throw new SeroError("bytes/random", "This platform has no Web Crypto; use Node 20 or a current browser.");
  }
  return source.getRandomValues(new Uint8Array(length));
}
