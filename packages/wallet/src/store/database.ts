import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { SeroError, concatBytes, equalBytes, utf8 } from "@sero/protocol";
import { decodeRecord, encodeRecord } from "./codec.js";
import type { WalletFiles } from "./files.js";

/*
 * A small encrypted key-value store: one snapshot and one log of changes after it.
 *   state: magic 8 "SEROSTAT" | version 1 | store id 16 | generation 4 | nonce 24 | ciphertext
 *   log-N: records of length 4 (of what follows) | nonce 24 | ciphertext, bound to store id, generation N and their place in the log
 * A commit appends one record, so that writing costs what changed. When the log outgrows the snapshot, a new snapshot of the next
 * generation is written at once or not at all; a crash between the two leaves the old pair, which is complete.
 */
const MAGIC = new TextEncoder().encode("SEROSTAT");
const VERSION = 1;
const HEADER_BYTES = 29;
const COMPACT_ABOVE = 1 << 20;

type Entry = readonly [key: string, text: string | null];

/** Values by key; changes are seen at once and durable after `commit`. */
export interface Database {
  get<T>(key: string): T | undefined;
  /** Keys that start with `prefix`, unordered. */
  keys(prefix: string): readonly string[];
  put(key: string, value: unknown): void;
  delete(key: string): void;
  /** Makes all changes since the last commit durable, together or not at all. Throws store/disk-full, store/io; the changes then stay queued. */
  commit(): Promise<void>;
  /** True if the end of the log was torn by a crash and dropped. */
  readonly recovered: boolean;
}

/** Creates an empty store. `dataKey`: 32 bytes; `storeId`: 16. */
export async function createDatabase(files: WalletFiles, dataKey: Uint8Array, storeId: Uint8Array): Promise<Database> {
  const sealer = makeSealer(dataKey, storeId);
  await files.writeAtomic("state", sealer.sealSnapshot(0, []));
  return database(files, sealer, new Map(), 0, 0, 0, 0, false);
}

/** Opens a store. Throws store/damaged if its files are not whole and ours, store/old-format, store/newer-format; nothing is changed then. */
export async function openDatabase(files: WalletFiles, dataKey: Uint8Array, storeId: Uint8Array): Promise<Database> {
  const sealer = makeSealer(dataKey, storeId);
  const state = await files.read("state");
  if (state === undefined) throw damaged("state", 0);
  const { generation, entries } = sealer.openSnapshot(state);
  const values = new Map<string, string>();
  apply(values, entries);
  const log = (await files.read(`log-${generation}`)) ?? new Uint8Array(0);
  let at = 0;
  let count = 0;
  let torn = false;
  while (at < log.length) {
    const length =
      log.length - at >= 4 ? new DataView(log.buffer, log.byteOffset + at, 4).getUint32(0) : Number.POSITIVE_INFINITY;
    const end = at + 4 + length;
    // An incomplete last record is a write that a crash cut short: it was never acknowledged.
    const record = end <= log.length ? sealer.openRecord(generation, count, log.subarray(at + 4, end)) : undefined;
    if (record === undefined) {
      if (end < log.length) throw damaged("log", count);
      torn = true;
      break;
    }
    apply(values, record);
    at = end;
    count++;
  }
  for (const name of await files.list())
    if (name.startsWith("log-") && name !== `log-${generation}`) await files.remove(name);
  return database(files, sealer, values, generation, at, count, state.length, torn);
}

function database(
  files: WalletFiles,
  sealer: Sealer,
  values: Map<string, string>,
  firstGeneration: number,
  firstLength: number,
  firstCount: number,
  firstSnapshot: number,
  recovered: boolean,
): Database {
  let generation = firstGeneration;
  let logLength = firstLength;
  let logCount = firstCount;
  let snapshotLength = firstSnapshot;
  const dirty = new Map<string, string | null>();

  const compact = async (): Promise<void> => {
    const snapshot = sealer.sealSnapshot(generation + 1, [...values]);
    await files.writeAtomic("state", snapshot);
    const old = `log-${generation}`;
    generation++;
    logLength = 0;
    logCount = 0;
    snapshotLength = snapshot.length;
    await files.remove(old);
  };

  return {
    recovered,
    get: <T>(key: string) => {
      const text = values.get(key);
      return text === undefined ? undefined : decodeRecord<T>(text);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    put: (key, value) => {
      const text = encodeRecord(value);
      if (values.get(key) === text) return;
      values.set(key, text);
      dirty.set(key, text);
    },
    delete: (key) => {
      if (values.delete(key)) dirty.set(key, null);
    },
    commit: async () => {
      if (dirty.size === 0) return;
      const entries = [...dirty];
      const record = sealer.sealRecord(generation, logCount, entries);
      if (logLength + record.length > COMPACT_ABOVE + 2 * snapshotLength) {
        await compact();
      } else {
        await files.append(`log-${generation}`, logLength, record);
        logLength += record.length;
        logCount++;
      }
      // Only what was written: a change made while the disk was busy stays queued.
      for (const [key, text] of entries) if (dirty.get(key) === text) dirty.delete(key);
    },
  };
}

function apply(values: Map<string, string>, entries: readonly Entry[]): void {
  for (const [key, text] of entries)
    if (text === null) values.delete(key);
    else values.set(key, text);
}

interface Sealer {
  sealSnapshot(generation: number, entries: readonly Entry[]): Uint8Array;
  openSnapshot(file: Uint8Array): { readonly generation: number; readonly entries: readonly Entry[] };
  sealRecord(generation: number, index: number, entries: readonly Entry[]): Uint8Array;
  openRecord(generation: number, index: number, bytes: Uint8Array): readonly Entry[] | undefined;
}

function makeSealer(dataKey: Uint8Array, storeId: Uint8Array): Sealer {
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
      return concatBytes(u32(sealed.length), sealed);
    },
    openRecord: (generation, index, bytes) =>
      bytes.length < 40 ? undefined : open(logKey, logPlace(generation, index), bytes),
  };
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

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const damaged = (part: string, record: number): SeroError =>
  new SeroError(
    "store/damaged",
    "The wallet's state file is cut off or damaged. Its keys are whole: open it with rebuild to scan the chain again.",
    { part, record },
  );
