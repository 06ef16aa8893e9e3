import { SeroError } from "@sero/protocol";
import { decodeRecord, encodeRecord } from "./codec.js";
import type { WalletFiles } from "./files.js";
import { damaged, makeSealer, readLog, type Entry, type Sealer } from "./sealer.js";

const COMPACT_ABOVE = 1 << 20;

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
  const { records, end } = readLog(sealer, generation, log);
  if (end === "damaged") throw damaged("log", records.length);
  let at = 0;
  let count = 0;
  for (const record of records) {
    // The last record may be a write that a crash cut short: it was never acknowledged.
    if (record.entries === undefined && record.end < log.length) throw damaged("log", count);
    if (record.entries === undefined) break;
    apply(values, record.entries);
    at = record.end;
    count++;
  }
  const torn = at < log.length;
  for (const name of await files.list())
    if (name.startsWith("log-") && name !== `log-${generation}`) await files.remove(name);
  return database(files, sealer, values, generation, at, count, state.length, torn);
}

/**
 * A new store with what can still be read of a damaged one under the keys that `isKept` says, newest last: all that is authentic in the state
 * and in every log. The old files are kept aside as `damaged-...`.
 */
export async function salvageDatabase(
  files: WalletFiles,
  dataKey: Uint8Array,
  storeId: Uint8Array,
  isKept: (key: string) => boolean,
): Promise<Database> {
  const sealer = makeSealer(dataKey, storeId);
  const values = new Map<string, string>();
  const names = (await files.list()).filter((name) => name === "state" || /^log-\d{1,10}$/.test(name));
  const generations = names.filter((name) => name !== "state").map((name) => Number(name.slice(4)));
  const contents = new Map<string, Uint8Array>();
  for (const name of names) contents.set(name, (await files.read(name)) ?? new Uint8Array(0));
  for (const [name, bytes] of contents) await files.writeAtomic(`damaged-${name}`, bytes);
  const snapshot = readable(sealer, contents.get("state"));
  apply(values, snapshot?.entries ?? []);
  for (const generation of generations.sort((a, b) => a - b))
    // What a log of before the snapshot says is in the snapshot already, or was changed since.
    if (generation >= (snapshot?.generation ?? 0))
      for (const { entries } of readLog(sealer, generation, contents.get(`log-${generation}`) ?? new Uint8Array(0))
        .records)
        apply(values, entries ?? []);
  for (const key of [...values.keys()]) if (!isKept(key)) values.delete(key);
  const next = Math.max(-1, snapshot?.generation ?? -1, ...generations) + 1;
  const state = sealer.sealSnapshot(next, [...values]);
  await files.writeAtomic("state", state);
  for (const generation of generations) await files.remove(`log-${generation}`);
  return database(files, sealer, values, next, 0, 0, state.length, false);
}

function readable(sealer: Sealer, state: Uint8Array | undefined): ReturnType<Sealer["openSnapshot"]> | undefined {
  try {
    return state === undefined ? undefined : sealer.openSnapshot(state);
  } catch (error) {
    if (error instanceof SeroError) return undefined;
    throw error;
  }
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
