import type { RandomSource } from "../bytes/index.js";
import { bigIntToBytes, concatBytes, equalBytes, expectLength, fromUtf8, randomBytes, utf8 } from "../bytes/index.js";
import { SeroError } from "../errors.js";
import { hkdfExpand, hkdfExtract } from "../keys/hkdf.js";
import { LABELS } from "../keys/labels.js";
import { openOnce, sealOnce } from "../note/seal.js";
import { sanitizeText } from "./sanitize.js";

/** Bytes of every memo chunk. */
export const MEMO_CHUNK_BYTES = 256;
/** Most chunks of one memo. */
export const MEMO_MAX_CHUNKS = 16;
/** Bytes of a memo's key. */
export const MEMO_KEY_BYTES = 32;

const COMMITMENT_BYTES = 32;
const LENGTH_BYTES = 2;
/** Bytes of a memo that hold no text: commitment 32, text length 2, tag 16. */
const OVERHEAD = COMMITMENT_BYTES + LENGTH_BYTES + 16;

/** Longest text of one memo, in UTF-8 bytes. */
export const MEMO_MAX_TEXT_BYTES = MEMO_MAX_CHUNKS * MEMO_CHUNK_BYTES - OVERHEAD;

/** A memo that was read. */
export interface OpenedMemo {
  /** Exactly what the sender wrote. Show `safeText`. */
  readonly text: string;
  /** `text` without what could fool a reader or a terminal (attack D28). Not HTML: escape it there. */
  readonly safeText: string;
  /** Index of its first chunk in the transaction, and how many it has. */
  readonly first: number;
  readonly count: number;
}

/** Chunks that a text of this many UTF-8 bytes needs: 1 up to 206 bytes, 2 up to 462, ... Throws memo/too-long. */
export function memoChunksFor(textBytes: number): number {
  if (textBytes > MEMO_MAX_TEXT_BYTES) {
    throw new SeroError("memo/too-long", `Shorten the memo to ${MEMO_MAX_TEXT_BYTES} bytes of UTF-8.`, {
      bytes: textBytes,
      limit: MEMO_MAX_TEXT_BYTES,
    });
  }
  return Math.ceil((textBytes + OVERHEAD) / MEMO_CHUNK_BYTES);
}

/** The key commitment: HKDF-SHA256(key, salt "SERO/memo/1", info "commitment"), 32 bytes. */
function commitmentOfKey(pseudorandomKey: Uint8Array): Uint8Array {
  return hkdfExpand(pseudorandomKey, utf8(LABELS.memoCommitment), COMMITMENT_BYTES);
}

/** The sealing key: info "key" || number of chunks as one byte, so that a memo cannot be read as a shorter or longer one. */
function sealingKey(pseudorandomKey: Uint8Array, count: number): Uint8Array {
  return hkdfExpand(pseudorandomKey, concatBytes(utf8(LABELS.memoKey), Uint8Array.of(count)), 32);
}

/**
 * Seals a memo under a fresh random 32-byte key of its own: chunks of 256 bytes that together are key commitment 32 |
 * ChaCha20-Poly1305(text length 2 BE | UTF-8 text | zeros). Without the key they look like random bytes. Throws memo/too-long.
 */
export function sealMemo(key: Uint8Array, text: string): Uint8Array[] {
  const content = utf8(text);
  const count = memoChunksFor(content.length);
  const pseudorandomKey = hkdfExtract(expectLength(key, MEMO_KEY_BYTES, "a memo key"), LABELS.memoSalt);
  const plaintext = new Uint8Array(count * MEMO_CHUNK_BYTES - OVERHEAD + LENGTH_BYTES);
  plaintext.set(bigIntToBytes(BigInt(content.length), LENGTH_BYTES));
  plaintext.set(content, LENGTH_BYTES);
  const bytes = concatBytes(commitmentOfKey(pseudorandomKey), sealOnce(sealingKey(pseudorandomKey, count), plaintext));
  return Array.from({ length: count }, (_, i) => bytes.slice(i * MEMO_CHUNK_BYTES, (i + 1) * MEMO_CHUNK_BYTES));
}

/** The one chunk of a transaction without a memo: random bytes, like any other chunk to those without a key. */
export function randomChunk(random: RandomSource = randomBytes): Uint8Array {
  return random(MEMO_CHUNK_BYTES);
}

/**
 * The memo under `key` among all chunks of its transaction, or undefined: it begins at the chunk that begins with the key's commitment
 * (ChaCha20-Poly1305 alone does not commit to a key) and has the fewest chunks that decrypt. Never throws for chunks from the chain.
 */
export function openMemo(key: Uint8Array, chunks: readonly Uint8Array[]): OpenedMemo | undefined {
  const pseudorandomKey = hkdfExtract(expectLength(key, MEMO_KEY_BYTES, "a memo key"), LABELS.memoSalt);
  const commitment = commitmentOfKey(pseudorandomKey);
  const first = chunks.findIndex(
    (chunk) => chunk.length === MEMO_CHUNK_BYTES && equalBytes(chunk.subarray(0, COMMITMENT_BYTES), commitment),
  );
  if (first < 0) return undefined;
  for (let count = 1; count <= MEMO_MAX_CHUNKS && first + count <= chunks.length; count++) {
    const bytes = concatBytes(...chunks.slice(first, first + count)).subarray(COMMITMENT_BYTES);
    const plaintext = openOnce(sealingKey(pseudorandomKey, count), bytes);
    if (plaintext !== undefined) return parse(plaintext, first, count);
  }
  return undefined;
}

function parse(plaintext: Uint8Array, first: number, count: number): OpenedMemo | undefined {
  const length = (plaintext[0] as number) * 256 + (plaintext[1] as number);
  const end = LENGTH_BYTES + length;
  if (end > plaintext.length || plaintext.subarray(end).some((byte) => byte !== 0)) return undefined;
  try {
    const text = fromUtf8(plaintext.subarray(LENGTH_BYTES, end));
    return { text, safeText: sanitizeText(text), first, count };
  } catch {
    return undefined;
  }
}
