import { headerHash, type Block } from "@sero/execution";
import { equalBytes, SeroError, toHex } from "@sero/protocol";
import type { Chain } from "../../chain/index.js";
import type { ImportOptions, ImportOutcome, MissingBlocks } from "../../engine/types.js";
import { silent, type Log } from "../../log.js";
import type { Store } from "../../store/index.js";
import type { PeerHost } from "../host/types.js";
import type { KnownHeader } from "./ask.js";
import { fetchBlocks } from "./fetch-blocks.js";
import { findBelow, findHead, isLinked, trim, type StepOutcome } from "./find-headers.js";
import { openSyncPeers, pause } from "./peers.js";
import { openPace, secondsLeft, type SyncProgress } from "./progress.js";
import { serveBlocks } from "./serve.js";
import { openSkeleton } from "./skeleton.js";

/** The part of the engine that a sync drives. */
export interface SyncEngine {
  onMissing(listener: (missing: MissingBlocks) => void): () => void;
  missing(): MissingBlocks | undefined;
  importBlocks(blocks: readonly Block[], options: ImportOptions): Promise<ImportOutcome>;
  condemn(descendants: readonly Uint8Array[], ancestor: Uint8Array): void;
}

/** What a sync needs. */
export interface SyncOptions {
  readonly host: PeerHost;
  readonly engine: SyncEngine;
  readonly store: Store;
  readonly chain: Chain;
  readonly log?: Log;
  /** Milliseconds; for tests. */
  readonly timing?: Partial<SyncTiming>;
}

/** How long things may take, milliseconds. */
export interface SyncTiming {
  /** For a frame of an answer. */
  readonly frameMs: number;
  /** For a whole answer. */
  readonly answerMs: number;
  /** Until peers are asked again when nobody could help. */
  readonly retryMs: number;
  /** Between two lines of the log that say how far it is. */
  readonly reportMs: number;
}

/** A sync that runs beside everything else and waits when there is nothing to do. */
export interface Sync {
  /** Where it is; undefined when nothing is missing. */
  progress(): SyncProgress | undefined;
  /** Ends what is under way. What was found stays on disk, and the next start goes on with it. */
  stop(): Promise<void>;
}

const TIMING: SyncTiming = { frameMs: 10_000, answerMs: 30_000, retryMs: 1_000, reportMs: 10_000 };
/** Blocks of one request, and requests under way at a time: what is here and not yet executed is bounded by their product. */
const RANGE = 16;
const AHEAD = 4;
/** How long nobody may know a block before the operator is told. */
const PATIENCE_MS = 15_000;
/** Descendants of an invalid block that the engine is told of: the head, and what a consensus client may go back to. */
const MOST_CONDEMNED = 128;

/**
 * Gives blocks to peers, and fetches from them what the engine misses: headers backwards by hash from the block that the consensus client
 * named, bodies forward. Every block goes through the engine like one of a consensus client; nothing of a peer is believed.
 */
export function openSync(options: SyncOptions): Sync {
  const { host, engine, store, chain, log = silent } = options;
  const timing = { ...TIMING, ...options.timing };
  const controller = new AbortController();
  const { signal } = controller;
  const peers = openSyncPeers(host);
  const skeleton = openSkeleton(store.environment);
  const search = { host, peers, chain, skeleton, patience: timing, signal };
  const source = { host, peers, patience: timing, retryMs: timing.retryMs };
  const pace = openPace();
  let startingBlock: bigint | undefined;
  let reported = -Infinity;
  let warned = -Infinity;
  /** The block that the skeleton's top was made from, and one that can never be followed. */
  let top: Uint8Array | undefined;
  let hopeless: Uint8Array | undefined;
  let wakeUp = (): void => undefined;
  let woken = new Promise<void>((resolve) => (wakeUp = resolve));
  const wake = (): void => {
    wakeUp();
    woken = new Promise<void>((resolve) => (wakeUp = resolve));
  };
  const unsubscribe = [engine.onMissing(wake), host.onPeer(wake)];
  serveBlocks(host, store);

  const isWanted = (hash: Uint8Array | undefined): hash is Uint8Array =>
    hash !== undefined && !(hopeless && equalBytes(hash, hopeless)) && !chain.get(hash);

  async function headersStep(): Promise<StepOutcome | "idle"> {
    const wanted = engine.missing()?.wanted;
    if (isWanted(wanted) && !(top && equalBytes(top, wanted))) {
      const outcome = await findHead(search, wanted);
      if (outcome === "forward") top = wanted;
      if (outcome === "hopeless") giveUp(wanted);
      if (outcome !== "nobody") return outcome;
    }
    if (!trim(skeleton, chain, (number) => store.canonicalHash(number))) {
      giveUp(skeleton.segments()[0]?.highHash);
      return "hopeless";
    }
    if (skeleton.segments().length === 0 || isLinked(skeleton, chain)) return "idle";
    const outcome = await findBelow(search);
    if (outcome === "hopeless") giveUp(skeleton.segments()[0]?.highHash);
    return outcome;
  }

  function giveUp(hash: Uint8Array | undefined): void {
    hopeless = hash;
    top = undefined;
    skeleton.clear();
    log({
      level: "error",
      event: "sync/other-chain",
      message:
        "The head that the consensus client names does not descend from the newest final block here. Check that both are of the same network; if they are, start with an empty data directory.",
      values: { head: hash ? toHex(hash) : "", finalized: chain.finalized().number.toString() },
    });
  }

  /** Number up to which blocks of the skeleton are final, by what the consensus client named. */
  const finalThrough = finalNumber(chain, (number) => skeleton.header(number));

  async function blocksRun(): Promise<void> {
    const stopRun = new AbortController();
    const either = AbortSignal.any([signal, stopRun.signal]);
    const under: { readonly headers: readonly KnownHeader[]; readonly blocks: Promise<Block[]> }[] = [];
    let next = skeleton.segments()[0]!.low;
    try {
      for (;;) {
        const segments = skeleton.segments();
        const [segment] = segments;
        // A new head may be on another branch, or its headers not joined yet: then the way is looked at anew.
        if (segments.length !== 1 || !segment) return;
        while (under.length < AHEAD && next <= segment.high) {
          const headers: KnownHeader[] = [];
          for (; headers.length < RANGE && next <= segment.high; next++) headers.push(skeleton.header(next)!);
          const blocks = fetchBlocks(source, headers, either, onStuck);
          blocks.catch(() => undefined);
          under.push({ headers, blocks });
        }
        const first = under.shift();
        if (!first) return;
        const blocks = await first.blocks;
        if (!isOnTheWay(first.headers[first.headers.length - 1]!)) return;
        if (!(await importRange(blocks))) return;
      }
    } finally {
      stopRun.abort();
      await Promise.allSettled(under.map(({ blocks }) => blocks));
    }
  }

  /**
   * Whether a block is an ancestor of the head that is followed now. With another head beginning meanwhile, what was fetched may be of a branch
   * that was left: nothing above it would descend from it, and what is final there would say nothing about it.
   */
  function isOnTheWay({ hash, header: { number } }: Pick<KnownHeader, "hash" | "header">): boolean {
    const [segment, ...others] = skeleton.segments();
    if (!segment || others.length > 0 || number < segment.low || number > segment.high) return false;
    const now = skeleton.header(number);
    return now !== undefined && equalBytes(now.hash, hash);
  }

  /** @returns whether all of them are in the chain */
  async function importRange(blocks: readonly Block[]): Promise<boolean> {
    const [segment] = skeleton.segments();
    const final = finalThrough(engine.missing()?.finalized, segment);
    const cut = blocks.filter(({ header }) => header.number <= final).length;
    for (const [some, isFinal] of [[blocks.slice(0, cut), true] as const, [blocks.slice(cut), false] as const]) {
      if (some.length === 0) continue;
      const { imported, status } = await engine.importBlocks(some, { isFinal, signal });
      if (imported > 0) {
        const { number } = some[imported - 1]!.header;
        skeleton.dropThrough(number);
        pace.note(number, performance.now());
        report();
      }
      if (status.status === "INVALID") {
        log({
          level: "error",
          event: "sync/invalid-block",
          message: `A block on the way to the consensus client's head is invalid: ${status.validationError}`,
          values: { number: (some[imported]?.header.number ?? 0n).toString() },
        });
        const bad = some[imported];
        // The consensus client may have left that branch meanwhile: its new head is not to be condemned with the old one.
        if (!bad || !isOnTheWay({ header: bad.header, hash: headerHash(bad.header) })) return false;
        engine.condemn(newestAbove(bad.header.number), headerHash(bad.header));
        hopeless = top;
        top = undefined;
        skeleton.clear();
        return false;
      }
      if (imported < some.length) return false;
    }
    return true;
  }

  /** Hashes of the newest blocks of the skeleton above this number. */
  function newestAbove(number: bigint): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    const [segment] = skeleton.segments();
    for (let at = segment?.high ?? 0n; at > number && hashes.length < MOST_CONDEMNED; at--) {
      const one = skeleton.header(at);
      if (one) hashes.push(one.hash);
    }
    return hashes;
  }

  function onStuck(number: bigint): void {
    if (performance.now() - warned < 60_000) return;
    warned = performance.now();
    const pruned = host.peers().length > 0 && !peers.mayHaveBody(number);
    log({
      level: "warn",
      event: pruned ? "sync/pruned" : "sync/no-peer",
      message: pruned
        ? "No peer keeps the blocks that are missing. Import a snapshot (sero snapshot import), or name a peer that keeps all (--p2p-peer)."
        : "No peer has the blocks that are missing. Waiting for one; --p2p-peer names more.",
      values: { number: number.toString(), peers: host.peers().length },
    });
  }

  function progress(): SyncProgress | undefined {
    const [segment] = skeleton.segments();
    if (!segment && !isWanted(engine.missing()?.wanted)) {
      startingBlock = undefined;
      return undefined;
    }
    // The newest block that was executed, which is not yet the head while its fork choice waits.
    const lowest = skeleton.segments()[skeleton.segments().length - 1];
    const executed = lowest && chain.get(lowest.lowParent)?.number;
    const head = chain.head().number;
    const currentBlock = executed !== undefined && executed > head ? executed : head;
    startingBlock ??= currentBlock;
    const headersLeft = segment && !isLinked(skeleton, chain) ? segment.low - 1n - chain.finalized().number : 0n;
    const highestBlock = segment && segment.high > currentBlock ? segment.high : currentBlock;
    return { startingBlock, currentBlock, highestBlock, headersLeft };
  }

  function report(): void {
    const now = performance.now();
    const at = progress();
    if (!at || now - reported < timing.reportMs) return;
    reported = now;
    if (at.headersLeft > 0n) {
      const values = { headersLeft: at.headersLeft.toString(), highest: at.highestBlock.toString() };
      return log({ level: "info", event: "sync/headers", message: "Looking for the way to the head.", values });
    }
    const left = at.highestBlock - at.currentBlock;
    const seconds = secondsLeft(left, pace.perSecond());
    log({
      level: "info",
      event: "sync/blocks",
      message: seconds === undefined ? "Catching up." : `Catching up, ${seconds} s left.`,
      values: {
        block: at.currentBlock.toString(),
        of: at.highestBlock.toString(),
        blocksPerSecond: Math.round(10 * pace.perSecond()) / 10,
        ...(seconds === undefined ? {} : { secondsLeft: seconds }),
      },
    });
  }

  /** Runs one of the two halves until the sync is stopped. A full disk or a failure of ours is told, and tried again. */
  async function loop(step: () => Promise<"again" | "wait">): Promise<void> {
    while (!signal.aborted) {
      const waked = woken;
      try {
        if ((await step()) === "again") continue;
        await pause(timing.retryMs, signal, waked);
      } catch (error) {
        if (signal.aborted) return;
        const known = error instanceof SeroError ? `${error.code}: ${error.message}` : String(error);
        log({ level: "error", event: "sync/failed", message: `Syncing failed and is tried again: ${known}` });
        await pause(10 * timing.retryMs, signal).catch(() => undefined);
      }
    }
  }

  let unanswered: number | undefined;
  const headers = loop(async () => {
    const outcome = await headersStep();
    unanswered = outcome === "nobody" ? (unanswered ?? performance.now()) : undefined;
    // A peer that is a moment behind the consensus client is nothing to tell of.
    if (unanswered !== undefined && performance.now() - unanswered > PATIENCE_MS) onStuck(chain.head().number + 1n);
    report();
    if (outcome === "forward") wake();
    return outcome === "forward" ? "again" : "wait";
  });
  const blocks = loop(async () => {
    if (skeleton.segments().length !== 1 || !isLinked(skeleton, chain)) return "wait";
    const before = skeleton.segments()[0]?.low;
    await blocksRun();
    return skeleton.segments()[0]?.low === before ? "wait" : "again";
  });

  return {
    progress,
    async stop() {
      controller.abort();
      for (const end of unsubscribe) end();
      await Promise.all([headers, blocks]);
    },
  };
}

/** Looks up, once for each block that is named final, which number it has in the skeleton; 0 when it is not in there. */
function finalNumber(chain: Chain, headerAt: (number: bigint) => KnownHeader | undefined) {
  let known: { readonly hash: Uint8Array; readonly number: bigint } | undefined;
  let absent: { readonly hash: Uint8Array; readonly through: bigint } | undefined;
  return (
    finalized: Uint8Array | undefined,
    segment: { readonly low: bigint; readonly high: bigint } | undefined,
  ): bigint => {
    if (!finalized || !segment || chain.get(finalized)) return 0n;
    const isNamed = (number: bigint): boolean => {
      const one = headerAt(number);
      return one !== undefined && equalBytes(one.hash, finalized);
    };
    if (known && equalBytes(known.hash, finalized) && known.number <= segment.high && isNamed(known.number)) {
      return known.number;
    }
    // What was looked through before is not looked through again for the same block, unless another branch has come in its place.
    const isSeen = absent && equalBytes(absent.hash, finalized) && absent.through <= segment.high;
    const from = absent && isSeen ? absent.through : segment.low - 1n;
    for (let number = segment.high; number > from; number--) {
      if (!isNamed(number)) continue;
      known = { hash: finalized, number };
      return number;
    }
    absent = { hash: finalized, through: segment.high };
    return 0n;
  };
}
