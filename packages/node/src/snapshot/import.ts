import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  checkPoolState,
  decodeBody,
  decodeReceipt,
  poolView,
  receiptsRoot,
  transactionsRoot,
  withdrawalsRoot,
  type Rules,
} from "@sero/execution";
import {
  bytesToBigInt,
  COIN,
  decodeRlp,
  equalBytes,
  rlpReader,
  SeroError,
  toHex,
  type AssetId,
  type TxId,
} from "@sero/protocol";
import { noteAudited } from "../chain/check.js";
import { checkStoreFile } from "../store/file-check.js";
import { lockDirectory, openStore, type Store } from "../store/index.js";
import { checkEventsAgainstState } from "./events.js";
import { framesOfFile, sizeOfFile } from "./file.js";
import type { SnapshotProgress, SnapshotSummary } from "./export.js";
import {
  decodeEntries,
  decodeManifest,
  forged,
  FRAME,
  MAX_FRAME_BYTES,
  refusal,
  type SnapshotManifest,
} from "./format.js";
import { openHistoryImport, type History } from "./history.js";
import { openStateImport } from "./state.js";

/** Settings of an import. */
export interface ImportSnapshotOptions {
  readonly path: string;
  /** A data directory without a chain; created when missing. */
  readonly dataDir: string;
  readonly rules: Rules;
  /** Hash of the snapshot's block, from a source that the user trusts. */
  readonly trusted: Uint8Array;
  readonly signal?: AbortSignal;
  readonly onProgress?: SnapshotProgress;
}

/** Part of the work that reading the file for its checksum is. */
const CHECKSUM_PART = 0.05;
/** Where an import is made until it is whole. */
const WORKPLACE = "snapshot-import";

/**
 * Reads a snapshot's checksum and what it says of itself.
 *
 * @throws SeroError `snapshot/*`
 */
export async function inspectSnapshot(
  path: string,
  options: Pick<ImportSnapshotOptions, "signal" | "onProgress"> = {},
): Promise<SnapshotSummary> {
  const bytes = sizeOfFile(path);
  let manifest: SnapshotManifest | undefined;
  for (const { kind, payload, end } of framesOfFile(path)) {
    if (!manifest && kind !== FRAME.manifest) throw forged("it does not say what it is");
    manifest ??= readable(() => decodeManifest(payload));
    options.onProgress?.(end / bytes, "reading the file");
    await breathe(options.signal);
  }
  if (!manifest) throw forged("there is nothing in it");
  return { ...manifest, bytes };
}

/**
 * Fills a data directory from a snapshot. All of it is held against the block that the user trusts: headers by their hashes, the state by a
 * root computed anew from every slot, compact blocks by the Pool's stream digest in that state, the
 * Pool's counters by what they add up to, and its events by compact blocks and state.
 *
 * @throws SeroError `snapshot/*`, `store/*`: then the directory is as it was
 */
export async function importSnapshot(options: ImportSnapshotOptions): Promise<SnapshotSummary> {
  const { path, dataDir, rules, trusted, signal, onProgress } = options;
  const lock = lockDirectory(dataDir);
  const workplace = join(dataDir, WORKPLACE);
  try {
    const place = join(dataDir, "chain.lmdb");
    if (existsSync(place) && !checkStoreFile(place)) {
      throw refusal("not-empty", "This data directory holds a chain already. Give an empty one; nothing was changed.", {
        dataDir,
      });
    }
    // What an import left that was killed.
    rmSync(workplace, { recursive: true, force: true });
    const first = (fraction: number, doing: string): void => onProgress?.(CHECKSUM_PART * fraction, doing);
    const summary = await inspectSnapshot(path, { ...(signal && { signal }), onProgress: first });
    checkManifest(summary, rules, trusted);
    mkdirSync(workplace, { recursive: true });
    const identity = { chainId: rules.spec.chainId, genesisHash: rules.genesis.hash };
    const store = openStore(workplace, identity);
    try {
      await fill(store, summary, options);
    } finally {
      await store.close();
    }
    renameSync(join(workplace, "chain.lmdb"), place);
    syncFolder(dataDir);
    return summary;
  } finally {
    rmSync(workplace, { recursive: true, force: true });
    lock.release();
  }
}

function checkManifest(manifest: SnapshotManifest, rules: Rules, trusted: Uint8Array): void {
  const { chainId, genesisHash, number, hash } = manifest;
  if (chainId !== rules.spec.chainId || !equalBytes(genesisHash, rules.genesis.hash)) {
    throw refusal(
      "other-chain",
      "This snapshot is of another chain. Give the spec of its chain, or another snapshot.",
      {
        chainId: chainId.toString(),
        expectedChainId: rules.spec.chainId.toString(),
        genesisHash: toHex(genesisHash),
        expectedGenesisHash: toHex(rules.genesis.hash),
      },
    );
  }
  if (!equalBytes(hash, trusted)) {
    throw refusal(
      "not-trusted",
      "This snapshot ends with another block than the one you trust; nothing was imported.",
      {
        number: number.toString(),
        hash: toHex(hash),
        trusted: toHex(trusted),
      },
    );
  }
}

async function fill(store: Store, manifest: SnapshotSummary, options: ImportSnapshotOptions): Promise<void> {
  const { path, rules, signal, onProgress } = options;
  const { environment } = store;
  const history = openHistoryImport(environment, rules);
  const state = openStateImport(environment);
  let tail: Uint8Array | undefined;
  let last = 0;
  for (const { kind, payload, end } of framesOfFile(path)) {
    // What comes later is checked with what came before, so the order is part of the format.
    if (kind < last) throw forged("its parts are not in order");
    last = kind;
    environment.write(() =>
      readable(() => {
        if (kind === FRAME.blocks) for (const entry of decodeEntries(payload)) history.add(entry);
        if (kind === FRAME.tail) tail = payload;
        if (kind === FRAME.code) state.code(decodeEntries(payload));
        if (kind === FRAME.slots) state.slots(decodeEntries(payload));
        if (kind === FRAME.accounts) state.accounts(decodeEntries(payload));
      }),
    );
    onProgress?.(CHECKSUM_PART + (1 - CHECKSUM_PART) * (end / manifest.bytes), `block ${history.state().next - 1n}`);
    await breathe(signal);
  }
  const blocks = history.state();
  if (blocks.next !== manifest.number + 1n || !equalBytes(blocks.hash, options.trusted)) {
    throw forged("its headers do not lead to its block");
  }
  const root = state.finish();
  if (!blocks.header || !equalBytes(root, blocks.header.stateRoot)) {
    throw forged("its state is not the one that its block commits to");
  }
  const sums = checkPool(store, rules, blocks);
  await checkEventsAgainstState(store, manifest.number, () => breathe(signal));
  environment.write(() => {
    store.putTransactionsOf(rules.genesis.hash, { transactions: [], withdrawals: [], txids: [] }, []);
    if (tail && manifest.number > 0n) putTail(store, blocks, tail);
  });
  noteAudited(store, manifest.number, sums);
  store.beginAt(blocks.hash, tail ? manifest.number : manifest.number + 1n);
}

/** The compact blocks, the tree and the coin are those of the state. @returns what is in the Pool, by asset */
function checkPool(store: Store, rules: Rules, { tree, coin, completed, next }: History): Map<AssetId, bigint> {
  const view = poolView(store.base);
  if (!tree || !equalBytes(view.streamDigest(), tree.streamDigest)) {
    throw forged("its compact blocks are not those that the Pool's stream digest commits to");
  }
  if (view.leafCount() !== tree.count || view.currentRoot() !== bytesToBigInt(tree.root)) {
    throw forged("its note tree is not the Pool's");
  }
  const pool = checkPoolState(store.base, next - 1n, rules.treeHash);
  if (!pool.ok) throw forged("its Pool does not agree with itself");
  if (view.turnstile(COIN) !== coin) throw forged("its coins do not add up");
  const sums = new Map<AssetId, bigint>([[COIN, coin]]);
  for (const [asset, most] of completed) {
    const counter = view.turnstile(asset);
    if (counter > most) throw forged("more of a token may leave the Pool than ever came in");
    sums.set(asset, counter);
  }
  return sums;
}

/** The newest block's own transactions and receipts, so that the node shows its head. */
function putTail(store: Store, { hash, header, compact }: History, payload: Uint8Array): void {
  const { body, receipts } = readable(() => {
    const read = rlpReader("snapshot");
    const limits = { maxBytes: MAX_FRAME_BYTES, maxItems: 1_000_000, maxDepth: 2 };
    const [first, second] = read.list(decodeRlp(payload, limits), "tail", 2);
    return {
      body: decodeBody(read.bytes(first, "body")),
      receipts: read.list(second, "receipts").map((one) => decodeReceipt(read.bytes(one, "receipt"))),
    };
  });
  const txids: readonly TxId[] = compact?.transactions.map(({ txid }) => txid) ?? [];
  const isRight =
    header !== undefined &&
    txids.length === body.transactions.length &&
    equalBytes(transactionsRoot(body.transactions), header.transactionsRoot) &&
    equalBytes(withdrawalsRoot(body.withdrawals), header.withdrawalsRoot) &&
    equalBytes(receiptsRoot(receipts), header.receiptsRoot);
  if (!isRight) throw forged("its newest block's transactions are not those of its header");
  store.putTransactionsOf(hash, { ...body, txids }, receipts, header.number);
}

/** Runs what decodes a snapshot: whatever it cannot read was never written by this program. */
function readable<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof SeroError) || /^(snapshot|store)\/(?!encoding|too-many)/.test(error.code)) throw error;
    throw forged(`it cannot be read (${error.code})`);
  }
}

async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw new SeroError("snapshot/interrupted", "Interrupted: nothing was imported.");
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
