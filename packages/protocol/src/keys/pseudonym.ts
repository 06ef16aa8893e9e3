import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bigIntToBytes, concatBytes, expectLength, utf8 } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import type { EthAddress, Nullifier } from "../types.js";
import { hkdfScalar } from "./hkdf.js";
import { LABELS } from "./labels.js";

/** An Ethereum account that stands for a user towards contracts. */
export interface Pseudonym {
  /** secp256k1, 32 bytes big-endian. Secret. */
  readonly secretKey: Uint8Array;
  readonly address: EthAddress;
}

/** The last 20 bytes of keccak256(x || y) of the public key. */
export function pseudonymOf(secretKey: Uint8Array): Pseudonym {
  const publicKey = secp256k1.getPublicKey(secretKey, false);
  return { secretKey, address: keccak256(publicKey.subarray(1)).subarray(12) as EthAddress };
}

/**
 * ECDSA of a 32-byte digest under secp256k1, deterministic (RFC 6979) and with low s: r 32 || s 32 || parity of R.y 1 (0 or 1), as a call
 * phase carries it (`pseudonymDigest`). Ethereum's messages take the same with 27 added to the last byte. Throws bytes/length.
 */
export function signDigest(secretKey: Uint8Array, digest: Uint8Array): Uint8Array {
  expectLength(digest, 32, "a digest");
  const [parity = 0, ...rs] = secp256k1.sign(digest, secretKey, { prehash: false, lowS: true, format: "recovered" });
  return Uint8Array.of(...rs, parity);
}

/**
 * The address whose key made a `signDigest` signature of `digest` (32 bytes), as ecrecover; undefined if there is none. In plain JavaScript,
 * about a millisecond; nodes use `recoverPseudonym` of @sero/protocol/wasm. Throws bytes/length.
 */
export function recoverSigner(digest: Uint8Array, signature: Uint8Array): EthAddress | undefined {
  expectLength(digest, 32, "a digest");
  expectLength(signature, 65, "a signature");
  const recovered = concatBytes(signature.subarray(64), signature.subarray(0, 64));
  try {
    const compressed = secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
    const publicKey = secp256k1.Point.fromBytes(compressed).toBytes(false);
    return keccak256(publicKey.subarray(1)).subarray(12) as EthAddress;
  } catch {
    return undefined;
  }
}

function derive(seed: Uint8Array, info: Uint8Array): Pseudonym {
  expectLength(seed, 32, "a pseudonym seed");
  const order = secp256k1.Point.Fn.ORDER;
  return pseudonymOf(bigIntToBytes(hkdfScalar(seed, LABELS.pseudonymSalt, info, order), 32));
}

/**
 * The pseudonym of one transaction, named by nf[0], the first nullifier of its bundle 0: unique, stateless, found again after a restore.
 * Secret key = HKDF-SHA256(seed, salt "SERO/pseudonym-key/1", info "call" || nf[0] 32 bytes || try byte), 64 bytes mod n.
 */
export function oneTimePseudonym(seed: Uint8Array, nf0: Nullifier): Pseudonym {
  return derive(seed, concatBytes(utf8(LABELS.pseudonymCall), fieldToBytes(nf0)));
}

/**
 * A kept pseudonym: number `counter` (0 to 2^32 - 1) of an 8-byte lane that each copy of a wallet draws at random, so that two copies
 * never share a key unawares. As oneTimePseudonym with info "kept" || lane || counter 4 bytes big-endian || try byte.
 */
export function keptPseudonym(seed: Uint8Array, lane: Uint8Array, counter: number): Pseudonym {
  expectLength(lane, 8, "a lane");
  return derive(seed, concatBytes(utf8(LABELS.pseudonymKept), lane, bigIntToBytes(BigInt(counter), 4)));
}
