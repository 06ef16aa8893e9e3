import { concatBytes, utf8 } from "../bytes/index.js";
import { hkdfExpand, hkdfExtract } from "../keys/hkdf.js";
import { LABELS } from "../keys/labels.js";
import { SHA256_INITIAL, sha256Compress } from "./sha256.js";

/** The key of a note's receiver part, and the byte that says early whether a note is one's own. */
export interface NoteKey {
  readonly viewTag: number;
  /** ChaCha20-Poly1305 key, 32 bytes. Secret. */
  readonly key: Uint8Array;
}

/**
 * HKDF-SHA256(shared secret, salt "SERO/note/1", info epk || cm 32 BE), 33 bytes: byte 0 is the view tag, bytes 1..32 the key. So the tag
 * costs one Extract and the first block of Expand.
 */
export function noteKey(shared: Uint8Array, epk: Uint8Array, cm: Uint8Array): NoteKey {
  const out = hkdfExpand(hkdfExtract(shared, LABELS.noteSalt), concatBytes(epk, cm), 33);
  return { viewTag: out[0] as number, key: out.slice(1) };
}

const BLOCK = 64;

/** SHA-256's state after the first block of an HMAC's inner (0x36) or outer (0x5c) hash with a key of at most 64 bytes. */
function keyedState(key: Uint8Array, pad: number): Int32Array {
  const w = new Int32Array(BLOCK);
  const padded = new Uint8Array(BLOCK);
  padded.set(key);
  for (let i = 0; i < 16; i++) w[i] = wordAt(padded, 4 * i) ^ (pad * 0x01010101);
  const state = Int32Array.from(SHA256_INITIAL);
  sha256Compress(state, w);
  return state;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

// Constants: HMAC's two states for the fixed salt.
const SALT_INNER = keyedState(utf8(LABELS.noteSalt), 0x36);
const SALT_OUTER = keyedState(utf8(LABELS.noteSalt), 0x5c);

/** Says whether a shared secret (32), an epk (32) and a commitment (32 BE) have this view tag. Holds scratch space: one a thread. */
export type ViewTagCheck = (shared: Uint8Array, epk: Uint8Array, cm: Uint8Array, viewTag: number) => boolean;

/**
 * The view tag alone, for scanning: the same byte as `noteKey(...).viewTag`, in seven SHA-256 blocks. 255 of 256
 * foreign outputs end here.
 */
export function createViewTagCheck(): ViewTagCheck {
  const w = new Int32Array(BLOCK);
  const state = new Int32Array(8);
  const key = new Int32Array(8);

  /** state = compression of `state` with `words` (8) as the end of a 96-byte HMAC hash. */
  const finishWords = (words: Int32Array): void => {
    w.set(words);
    w[8] = 0x80000000 | 0;
    w.fill(0, 9, 15);
    w[15] = (BLOCK + 32) * 8;
    sha256Compress(state, w);
  };
  const startKeyed = (pad: number): void => {
    for (let i = 0; i < 8; i++) w[i] = (key[i] as number) ^ pad;
    w.fill(pad, 8, 16);
    state.set(SHA256_INITIAL);
    sha256Compress(state, w);
  };
  const loadWords = (bytes: Uint8Array, at: number): void => {
    for (let i = 0; i < 8; i++) w[at + i] = wordAt(bytes, 4 * i);
  };

  return (shared, epk, cm, viewTag) => {
    // Extract: HMAC(salt, shared).
    for (let i = 0; i < 8; i++) key[i] = wordAt(shared, 4 * i);
    state.set(SALT_INNER);
    finishWords(key);
    key.set(state);
    state.set(SALT_OUTER);
    finishWords(key);
    key.set(state);
    // Expand, block 1: HMAC(key, epk || cm || 0x01).
    startKeyed(0x36363636);
    loadWords(epk, 0);
    loadWords(cm, 8);
    sha256Compress(state, w);
    w.fill(0, 0, 16);
    w[0] = 0x01800000;
    w[15] = (BLOCK + 65) * 8;
    sha256Compress(state, w);
    const first = Int32Array.from(state);
    startKeyed(0x5c5c5c5c);
    finishWords(first);
    return (state[0] as number) >>> 24 === viewTag;
  };
}

/** As a ViewTagCheck, with scratch space of its own. */
export function viewTagMatches(shared: Uint8Array, epk: Uint8Array, cm: Uint8Array, viewTag: number): boolean {
  return createViewTagCheck()(shared, epk, cm, viewTag);
}
