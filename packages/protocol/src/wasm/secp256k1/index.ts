import { expectLength } from "../../bytes/index.js";
import { keccak256 } from "../../hash/keccak.js";
import type { EthAddress } from "../../types.js";
import { runModule } from "../run.js";
import { N } from "./constants.js";
import { generateRecovery } from "./generate.js";
import { DIGITS, recode, TRACKS } from "./scalars.js";

/** The public key x 32 || y 32 that an ECDSA signature was made with, or undefined. */
export type RecoverPublicKey = (
  digest: Uint8Array,
  r: Uint8Array,
  s: Uint8Array,
  yParity: number,
) => Uint8Array | undefined;

/** Generates, compiles and starts recovery over secp256k1; takes some 100 ms. Throws wasm/unavailable. */
export function openRecovery(): RecoverPublicKey {
  const generated = generateRecovery();
  const { places } = generated;
  const running = runModule(generated);
  const input = running.bytes(places.input, 96);
  const output = running.bytes(places.output, 64);
  const view = new DataView(running.buffer, places.output, 64);
  const digits = new Int8Array(running.buffer, places.digits, TRACKS * DIGITS);
  const word = (at: number): bigint => {
    let x = 0n;
    for (let i = 0; i < 4; i++) x = (x << 64n) | view.getBigUint64(at + 8 * i);
    return x;
  };
  return (digest, r, s, yParity) => {
    expectLength(digest, 32, "a digest");
    if (!isScalar(r) || !isScalar(s) || (yParity !== 0 && yParity !== 1)) return undefined;
    input.set(r);
    input.set(s, 32);
    input.set(digest, 64);
    if (running.call("lift", yParity) !== 1) return undefined;
    running.call("scalars");
    return running.call("combine", recode(digits, word(0), word(32))) === 1 ? output.slice() : undefined;
  };
}

const ORDER = Uint8Array.from({ length: 32 }, (_, i) => Number((N >> BigInt(8 * (31 - i))) & 255n));

/** Whether 32 bytes big-endian are 1 to N - 1. */
function isScalar(bytes: Uint8Array): boolean {
  if (bytes.length !== 32 || bytes.every((byte) => byte === 0)) return false;
  for (let i = 0; i < 32; i++) {
    const difference = bytes[i]! - ORDER[i]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

// A cache of something that depends on nothing: opened by the first call of this thread.
let shared: RecoverPublicKey | undefined;

/**
 * The address whose key signed `digest` (32 bytes) by ECDSA over secp256k1 (SEC 1, 4.1.6): r and s 32 bytes big-endian, 1 to n - 1 each (high s
 * as well: whoever wants low s asks for it), yParity that of the point R, whose x is r and not r + n. undefined if there is no such key. As
 * Ethereum's ecrecover. Throws bytes/length for a digest of another length.
 */
export function recoverPseudonym(
  digest: Uint8Array,
  r: Uint8Array,
  s: Uint8Array,
  yParity: number,
): EthAddress | undefined {
  const publicKey = (shared ??= openRecovery())(digest, r, s, yParity);
  return publicKey && (keccak256(publicKey).subarray(12) as EthAddress);
}
