import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { SeroError, concatBytes, equalBytes } from "@sero/protocol";
import { checkKdfParameters, passphraseBytes, type Kdf, type KdfParameters } from "./kdf.js";

/*
 * The key file:
 *   magic 8 "SEROKEYS" | version 1 | logN 1 | r 1 | p 1 | salt 32 | nonce 24 | ciphertext + tag 16 | SHA-256 of all before it 32
 * XChaCha20-Poly1305 with everything before the nonce as associated data. The unkeyed checksum tells a damaged file from a wrong
 * passphrase; it protects nothing else.
 */
const MAGIC = new TextEncoder().encode("SEROKEYS");
const VERSION = 1;
const HEADER_BYTES = 8 + 4 + 32;
const MINIMUM_BYTES = HEADER_BYTES + 24 + 16 + 32;
const MAXIMUM_BYTES = 1 << 20;

/** Seals `secret` under a passphrase. */
export async function sealKeyFile(
  secret: Uint8Array,
  passphrase: string,
  parameters: KdfParameters,
  kdf: Kdf,
): Promise<Uint8Array> {
  checkKdfParameters(parameters);
  const salt = randomBytes(32);
  const header = concatBytes(MAGIC, Uint8Array.of(VERSION, parameters.logN, parameters.r, parameters.p), salt);
  const nonce = randomBytes(24);
  const key = await kdf(passphraseBytes(passphrase), salt, parameters);
  const body = concatBytes(header, nonce, xchacha20poly1305(key, nonce, header).encrypt(secret));
  key.fill(0);
  return concatBytes(body, sha256(body));
}

/** Opens what `sealKeyFile` made. Throws store/foreign, store/old-format, store/newer-format, store/damaged, store/wrong-passphrase. */
export async function openKeyFile(file: Uint8Array, passphrase: string, kdf: Kdf): Promise<Uint8Array> {
  checkKeyFile(file);
  const body = file.subarray(0, file.length - 32);
  const header = body.subarray(0, HEADER_BYTES);
  const nonce = body.subarray(HEADER_BYTES, HEADER_BYTES + 24);
  const parameters = { logN: header[9] ?? 0, r: header[10] ?? 0, p: header[11] ?? 0 };
  checkKdfParameters(parameters);
  const key = await kdf(passphraseBytes(passphrase), header.slice(12), parameters);
  try {
    return xchacha20poly1305(key, nonce, header).decrypt(body.subarray(HEADER_BYTES + 24));
  } catch {
    // The cause is dropped on purpose: it says nothing more, and errors of ciphers have been known to carry their input.
    throw new SeroError("store/wrong-passphrase", "The passphrase is wrong. Nothing was changed; try again.");
  } finally {
    key.fill(0);
  }
}

function checkKeyFile(file: Uint8Array): void {
  const start = file.subarray(0, 8);
  if (file.length >= 8 && !equalBytes(start, MAGIC)) throw foreign(file);
  if (!equalBytes(start, MAGIC.subarray(0, start.length))) throw foreign(file);
  const version = file[8];
  if (version !== undefined && version < VERSION)
    throw new SeroError(
      "store/old-format",
      "This key file has an old format that this version cannot read. Restore the wallet from its phrase into a new place.",
      { version },
    );
  if (version !== undefined && version > VERSION)
    throw new SeroError(
      "store/newer-format",
      "This key file was written by a newer version of SERO. Update SERO to open it.",
      { version },
    );
  if (file.length < MINIMUM_BYTES || file.length > MAXIMUM_BYTES) throw damaged(file.length);
  if (!equalBytes(sha256(file.subarray(0, -32)), file.subarray(-32))) throw damaged(file.length);
}

const damaged = (bytes: number): SeroError =>
  new SeroError(
    "store/damaged",
    "The key file is cut off or damaged. Put back a backup of it, or restore the wallet from its phrase into a new place.",
    { bytes },
  );

function foreign(file: Uint8Array): SeroError {
  const looksLikeJson = file[0] === 0x7b;
  return new SeroError(
    "store/foreign",
    looksLikeJson
      ? "This is a JSON file, perhaps an Ethereum keystore, and not a SERO wallet. Choose another place, or restore the wallet from its phrase."
      : "This file is not a SERO wallet. Choose another place.",
  );
}
