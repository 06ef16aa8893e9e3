import { join, resolve } from "node:path";
import type { BundleVerifier } from "@sero/circuits";
import { openRules, type Rules } from "@sero/execution";
import {
  exportSnapshotOf,
  importSnapshot,
  inspectSnapshot,
  type SnapshotProgress,
  type SnapshotSummary,
} from "@sero/node";
import { fromHex, SeroError, toHex, type ChainSpec } from "@sero/protocol";
import type { Context } from "../context.js";
import { openProgress } from "../io/progress.js";
import { readSpec } from "./node.js";

/** Whose data directory. */
export interface SnapshotPlace {
  readonly spec?: string;
  readonly dataDir?: string;
}

/** Options of `sero snapshot import`. */
export interface SnapshotImportOptions extends SnapshotPlace {
  readonly trust?: string;
}

/** A snapshot holds no proofs: its block was checked by those who finalized it. */
const noVerifier: BundleVerifier = {
  check: () => Promise.reject(new Error("A snapshot needs no proof checked.")),
  close: () => Promise.resolve(),
};

const placeOf = (context: Context, spec: ChainSpec, dataDir: string | undefined): string =>
  dataDir === undefined ? join(context.home, "chains", spec.network) : resolve(dataDir);

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const summaryText = ({ chainId, genesisHash, number, hash, stateRoot, bytes }: SnapshotSummary): string =>
  [
    `  chain id     ${chainId}`,
    `  genesis      ${toHex(genesisHash)}`,
    `  block        ${number}`,
    `  hash         ${toHex(hash)}`,
    `  state root   ${toHex(stateRoot)}`,
    `  size         ${megabytes(bytes)}`,
  ].join("\n");

/** The last one comes when a remote terminal is lost. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs work with a progress line, and ends it on Ctrl-C. */
const withProgress = async <T>(
  context: Context,
  title: string,
  work: (onProgress: SnapshotProgress, signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const progress = openProgress(context.output, title);
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  for (const signal of SIGNALS) process.once(signal, onInterrupt);
  try {
    return await work((fraction, doing) => progress.update(fraction, doing), stop.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
    progress.done();
  }
};

/** `sero snapshot export`. */
export const snapshotExport = async (context: Context, file: string, options: SnapshotPlace): Promise<void> => {
  const spec = await readSpec(options.spec);
  const { genesis } = await openRules({ spec, verifier: noVerifier });
  const dataDir = placeOf(context, spec, options.dataDir);
  const identity = { chainId: spec.chainId, genesisHash: genesis.hash };
  const summary = await withProgress(context, "Exporting", (onProgress, signal) =>
    exportSnapshotOf({ ...identity, dataDir, path: resolve(file), onProgress, signal }),
  );
  const text = `Wrote ${file}.\n\n${summaryText(summary)}\n\nWhoever imports it needs this hash from a source of their own.`;
  context.output.result({ file, ...summary }, text);
};

/** `sero snapshot import`. */
export const snapshotImport = async (context: Context, file: string, options: SnapshotImportOptions): Promise<void> => {
  const path = resolve(file);
  const spec = await readSpec(options.spec);
  const rules: Rules = await openRules({ spec, verifier: noVerifier });
  const dataDir = placeOf(context, spec, options.dataDir);
  const trusted = await trustedHash(context, path, options.trust);
  const summary = await withProgress(context, "Importing", (onProgress, signal) =>
    importSnapshot({ path, dataDir, rules, trusted, onProgress, signal }),
  );
  const text = `Imported into ${dataDir}; every part of it is what the trusted block commits to.\n\n${summaryText(summary)}\n\nA node started on it goes on from there.`;
  context.output.result({ dataDir, ...summary }, text);
};

/** `sero snapshot inspect`. */
export const snapshotInspect = async (context: Context, file: string): Promise<void> => {
  const summary = await withProgress(context, "Reading", (onProgress, signal) =>
    inspectSnapshot(resolve(file), { onProgress, signal }),
  );
  const text = `${file} is whole. It says that it is of\n\n${summaryText(summary)}\n\nOnly an import checks that.`;
  context.output.result({ file, ...summary }, text);
};

/** The hash that everything is held against. The file's own is no source: whoever forged the file wrote it. */
const trustedHash = async (context: Context, path: string, trust: string | undefined): Promise<Uint8Array> => {
  if (trust === undefined) {
    const { number, hash } = await withProgress(context, "Reading", (onProgress, signal) =>
      inspectSnapshot(path, { onProgress, signal }),
    );
    throw new SeroError(
      "cli/trust",
      `Compare with a source that you trust (your own node, a finality checkpoint, several nodes that agree), then say --trust and the hash of block ${number}. The file claims ${toHex(hash)}.`,
      { number: number.toString(), hash: toHex(hash) },
    );
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(trust)) {
    throw new SeroError("cli/trust", "--trust needs a block hash: 0x and 64 hex digits.");
  }
  return fromHex(trust);
};
