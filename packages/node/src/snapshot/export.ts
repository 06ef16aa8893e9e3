import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { decodeHeader, encodeReceipt } from "@sero/execution";
import { encodeRlp, SeroError, type RlpItem } from "@sero/protocol";
import { copyStore, openStore, type Store } from "../store/index.js";
import { poolEventItems } from "../store/events.js";
import { attempt, openSnapshotWriter, type SnapshotWriter } from "./file.js";
import { encodeManifest, FRAME, FRAME_BYTES, refusal, type FrameKind, type SnapshotManifest } from "./format.js";

/** Called now and then; `fraction` from 0 to 1. */
export type SnapshotProgress = (fraction: number, doing: string) => void;

/** Settings of an export. */
export interface ExportOptions {
  readonly store: Store;
  readonly chainId: bigint;
  readonly genesisHash: Uint8Array;
  readonly path: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: SnapshotProgress;
}

/** What was written. */
export interface SnapshotSummary extends SnapshotManifest {
  /** Size of the file. */
  readonly bytes: number;
}

/** Part of the work that the blocks are: state is smaller than they, but takes as many reads. */
const BLOCKS_PART = 0.7;
/** Part of it that copying the store is. */
const COPY_PART = 0.2;
const COPY_SUFFIX = ".store-";

/**
 * Writes the state after the finalized block, and headers, compact blocks, memos and the Pool's events of all history, into a file.
 *
 * @throws SeroError `snapshot/file`, `snapshot/interrupted`, `store/damaged`: then there is no file
 */
export async function exportSnapshot(options: ExportOptions): Promise<SnapshotSummary> {
  const { store, signal, onProgress } = options;
  const final = store.pointers()?.finalized;
  const headerBytes = final && store.header(final);
  if (!final || !headerBytes) throw lost(0n);
  const { number, stateRoot } = decodeHeader(headerBytes);
  const { accounts, slots, code } = store.environment;
  const manifest: SnapshotManifest = {
    chainId: options.chainId,
    genesisHash: options.genesisHash,
    number,
    hash: final,
    stateRoot,
    accounts: BigInt(accounts.getKeysCount()),
    slots: BigInt(slots.getKeysCount()),
  };
  const writer = openSnapshotWriter(options.path);
  const breathe = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) throw interrupted();
  };
  try {
    writer.frame(FRAME.manifest, encodeManifest(manifest));
    const blocks = entryWriter(writer, FRAME.blocks);
    for (let at = 0n; at <= number; at++) {
      const hash = store.canonicalHash(at);
      const header = hash && store.header(hash);
      const compact = hash && store.compact(hash);
      const memos = hash && store.memos(hash);
      if (!header || !compact || !memos) throw lost(at);
      const events = store.events(hash);
      const own = header.length + compact.length + events.reduce((sum, { words }) => sum + words.length + 48, 0);
      const size = memos.flat().reduce((sum, chunk) => sum + chunk.length + 4, own);
      if (blocks.add([header, compact, memos, poolEventItems(events)], size)) {
        onProgress?.((BLOCKS_PART * Number(at)) / Number(number + 1n), `block ${at} of ${number}`);
        await breathe();
      }
    }
    blocks.end();
    const body = store.bodyBytes(final);
    const receipts = store.receipts(final);
    // What a node shows of its newest block; one that has pruned it, or began here, has none to give.
    if (body && receipts) writer.frame(FRAME.tail, encodeRlp([body, receipts.map(encodeReceipt)]));
    const codes = entryWriter(writer, FRAME.code);
    for (const { value } of code.getRange()) {
      if (codes.add(Uint8Array.from(value), value.length)) await breathe();
    }
    codes.end();
    await writeSlots(writer, store, async (done) => {
      onProgress?.(BLOCKS_PART + 0.25 * (Number(done) / Number(manifest.slots + 1n)), "state");
      await breathe();
    });
    const all = entryWriter(writer, FRAME.accounts);
    for (const { key, value } of accounts.getRange()) {
      if (all.add([Uint8Array.from(key), Uint8Array.from(value)], value.length + 24)) {
        onProgress?.(0.97, "accounts");
        await breathe();
      }
    }
    all.end();
    onProgress?.(0.99, "writing to disk");
    await breathe();
    return { ...manifest, bytes: writer.finish() };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/**
 * `exportSnapshot` of a data directory, whether a node runs on it or not: always of a copy of its store, which is made beside the file and removed
 * again. Whether a node runs can't be known for sure (it may be in another container), and whoever opens a running node's store to write destroys it.
 *
 * @throws SeroError also `store/other-chain`, `store/schema`, `store/copy`, `store/disk-full`, `snapshot/no-chain`
 */
export async function exportSnapshotOf(
  options: Omit<ExportOptions, "store"> & { readonly dataDir: string },
): Promise<SnapshotSummary> {
  const { dataDir, path, signal, onProgress } = options;
  if (!existsSync(join(dataDir, "chain.lmdb"))) {
    throw refusal("no-chain", "There is no chain in this data directory. Name the one of your node.", { dataDir });
  }
  const folder = attempt(path, () => {
    removeLeftovers(path);
    return mkdtempSync(path + COPY_SUFFIX);
  });
  try {
    await unlessAborted(
      signal,
      copyStore(dataDir, folder, (fraction) => onProgress?.(COPY_PART * fraction, "copying the store")),
    );
    return await exportFrom(folder, {
      ...options,
      ...(onProgress && {
        onProgress: (fraction, doing) => onProgress(COPY_PART + (1 - COPY_PART) * fraction, doing),
      }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies that an export left which was killed. */
function removeLeftovers(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(basename(path) + COPY_SUFFIX)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** A copy can't be stopped: it goes on in vain, into a file that has no name any more. */
async function unlessAborted(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  let stop = (): void => undefined;
  const aborted = new Promise<void>((_, reject) => {
    stop = () => reject(interrupted());
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function exportFrom(directory: string, options: Omit<ExportOptions, "store">): Promise<SnapshotSummary> {
  const { chainId, genesisHash } = options;
  const store = openStore(directory, { chainId, genesisHash });
  try {
    return await exportSnapshot({ ...options, store });
  } finally {
    await store.close();
  }
}

/** Slots by account: [address, [[slot, value], ...]], an account's slots in as many entries as frames need. */
async function writeSlots(
  writer: SnapshotWriter,
  store: Store,
  onFrame: (done: bigint) => Promise<void>,
): Promise<void> {
  const entries = entryWriter(writer, FRAME.slots);
  let owner = "";
  let address = new Uint8Array(0);
  let pairs: RlpItem[] = [];
  let size = 0;
  let done = 0n;
  const flush = (): boolean => {
    const isFull = pairs.length > 0 && entries.add([address, pairs], size + 24);
    [pairs, size] = [[], 0];
    return isFull;
  };
  for (const { key, value } of store.environment.slots.getRange()) {
    const own = Buffer.from(key.subarray(0, 20)).toString("hex");
    let isFull = own !== owner && flush();
    if (own !== owner) [owner, address] = [own, Uint8Array.from(key.subarray(0, 20))];
    pairs.push([Uint8Array.from(key.subarray(20)), Uint8Array.from(value)]);
    size += 36 + value.length;
    done++;
    if (size >= FRAME_BYTES) isFull = flush() || isFull;
    if (isFull) await onFrame(done);
  }
  flush();
  entries.end();
}

/** Gathers entries into frames of about FRAME_BYTES. */
function entryWriter(writer: SnapshotWriter, kind: FrameKind) {
  let entries: RlpItem[] = [];
  let size = 0;
  const end = (): void => {
    if (entries.length > 0) writer.frame(kind, encodeRlp(entries));
    [entries, size] = [[], 0];
  };
  return {
    end,
    /** @returns whether a frame was written */
    add(entry: RlpItem, bytes: number): boolean {
      entries.push(entry);
      size += bytes;
      if (size < FRAME_BYTES) return false;
      end();
      return true;
    },
  };
}

const interrupted = (): SeroError => new SeroError("snapshot/interrupted", "Interrupted: no snapshot was written.");

function lost(number: bigint): SeroError {
  return new SeroError("store/damaged", "The store misses a block it must have; no snapshot was written.", {
    number: number.toString(),
  });
}
