import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { SeroError, concatBytes, equalBytes, utf8 } from "@sero/protocol";

/*
 * A small encrypted key-value store: one snapshot and one log of changes after it.
 *   state: magic 8 "SEROSTAT" | version 1 | store id 16 | generation 4 | nonce 24 | ciphertext
 *   log-N: records of length 4 (of nonce and ciphertext) | the same inverted 4 | nonce 24 | ciphertext, bound to store id, generation N and their place in the log
 * A commit appends one record, so that writing costs what changed. When the log outgrows the snapshot, a new snapshot of the next
 * generation is written at once or not at all; a crash between the two leaves the old pair, which is complete.
 */
const MAGIC = new TextEncoder().encode("SEROSTAT");
const VERSION = 1;
const HEADER_BYTES = 29;

/** A changed value as text; null: deleted. */
export type Entry = readonly [key: string, text: string | null];

/** Seals and opens the two kinds of file. */
export interface Sealer {
  sealSnapshot(generation: number, entries: readonly Entry[]): Uint8Array;
  openSnapshot(file: Uint8Array): { readonly generation: number; readonly entries: readonly Entry[] };
  sealRecord(generation: number, index: number, entries: readonly Entry[]): Uint8Array;
  openRecord(generation: number, index: number, bytes: Uint8Array): readonly Entry[] | undefined;
}

/** The sealer of one store. `dataKey`: 32 bytes; `storeId`: 16. */
export function makeSealer(dataKey: Uint8Array, storeId: Uint8Array): Sealer {
  const stateKey = hkdf(sha256, dataKey, storeId, utf8("SERO/store/state"), 32);
  const logKey = hkdf(sha256, dataKey, storeId, utf8("SERO/store/log"), 32);
  const logPlace = (generation: number, index: number): Uint8Array =>
    concatBytes(MAGIC, Uint8Array.of(VERSION), storeId, u32(generation), u32(index));
  return {
    sealSnapshot: (generation, entries) => {
      const header = concatBytes(MAGIC, Uint8Array.of(VERSION), storeId, u32(generation));
      return concatBytes(header, seal(stateKey, header, entries));
    },
    openSnapshot: (file) => {
      if (!equalBytes(file.subarray(0, 8), MAGIC)) throw damaged("state", 0);
      const version = file[8] ?? 0;
      if (version < VERSION)
        throw new SeroError(
          "store/old-format",
          "The wallet's state has an old format. Its keys are whole: open it with rebuild to scan again.",
          { version },
        );
      if (version > VERSION)
        throw new SeroError(
          "store/newer-format",
          "This wallet was written by a newer version of SERO. Update SERO to open it.",
          { version },
        );
      const header = file.subarray(0, HEADER_BYTES);
      const entries = file.length > HEADER_BYTES + 40 ? open(stateKey, header, file.subarray(HEADER_BYTES)) : undefined;
      if (entries === undefined) throw damaged("state", 0);
      return { generation: new DataView(file.buffer, file.byteOffset + 25, 4).getUint32(0), entries };
    },
    sealRecord: (generation, index, entries) => {
      const sealed = seal(logKey, logPlace(generation, index), entries);
      return concatBytes(u32(sealed.length), u32(~sealed.length), sealed);
    },
    openRecord: (generation, index, bytes) =>
      bytes.length < 40 ? undefined : open(logKey, logPlace(generation, index), bytes),
  };
}

/** One record of a log. `entries` undefined: it is there whole and does not open. */
export interface LogRecord {
  /** Where it ends. */
  readonly end: number;
  readonly entries: readonly Entry[] | undefined;
}

/** What ended a log: its end, a write that a crash cut short, or a length that is no length. */
export type LogEnd = "whole" | "torn" | "damaged";

/** The records of a log, in order, and what ended it. */
export function readLog(
  sealer: Sealer,
  generation: number,
  log: Uint8Array,
): { readonly records: readonly LogRecord[]; readonly end: LogEnd } {
  const records: LogRecord[] = [];
  for (let at = 0; at < log.length;) {
    // Blocks that the file system gave to the file before their contents were written are zeros.
    if (log.length - at < RECORD_HEADER_BYTES || log.subarray(at).every((byte) => byte === 0))
      return { records, end: "torn" };
    const view = new DataView(log.buffer, log.byteOffset + at, RECORD_HEADER_BYTES);
    const length = view.getUint32(0);
    // Said twice, so that a damaged length is not taken for the end of the log, which would forget what comes after it.
    if (view.getUint32(4) !== ~length >>> 0) return { records, end: "damaged" };
    const start = at + RECORD_HEADER_BYTES;
    const end = start + length;
    if (end > log.length) return { records, end: "torn" };
    records.push({ end, entries: sealer.openRecord(generation, records.length, log.subarray(start, end)) });
    at = end;
  }
  return { records, end: "whole" };
}

function seal(key: Uint8Array, place: Uint8Array, entries: readonly Entry[]): Uint8Array {
  const nonce = randomBytes(24);
  return concatBytes(nonce, xchacha20poly1305(key, nonce, place).encrypt(utf8(JSON.stringify(entries))));
}

function open(key: Uint8Array, place: Uint8Array, bytes: Uint8Array): readonly Entry[] | undefined {
  try {
    const plain = xchacha20poly1305(key, bytes.subarray(0, 24), place).decrypt(bytes.subarray(24));
    return JSON.parse(new TextDecoder().decode(plain)) as readonly Entry[];
  } catch {
    return undefined;
  }
}

const RECORD_HEADER_BYTES = 8;

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0);
  return bytes;
}

/** The error of a file that is not whole. */
export const damaged = (part: string, record: number): SeroError =>
  new SeroError(
    "store/damaged",
    "The wallet's state file is cut off or damaged. Its keys are whole: open it with rebuild to scan the chain again.",
    { part, record },
  );
