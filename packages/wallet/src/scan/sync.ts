import { SeroError, equalBytes, toHex } from "@sero/protocol";
import { verifyPoolProof } from "../proof/index.js";
import { cancelled, lying, type NodeClient, type NodeHead } from "../rpc/index.js";
import type { SyncProgress, SyncResult } from "../types.js";
import { findAncestor, hashAt } from "./ancestor.js";
import { applyBlock, changeOpenersOf, type ChangeOpeners } from "./apply.js";
import { ahead, downloadChunks, type Chunk } from "./chunks.js";
import { NO_HITS } from "./hits.js";
import { headQuestions, type HeadQuestions } from "./head-proof.js";
import { progressMeter } from "./rate.js";
import {
  DENSE_BLOCKS,
  GENESIS_ORIGIN,
  checkpointState,
  lastMark,
  resetState,
  rewindState,
  scannedBlock,
  treeBlock,
  type Origin,
  type ScanState,
} from "./state.js";
import type { MakeSharedSecret, TrialEngine } from "./types.js";

/** What a sync works with. */
export interface SyncContext {
  readonly client: NodeClient;
  readonly engine: TrialEngine;
  readonly makeSharedSecret: MakeSharedSecret;
  /** Further nodes whose block of the same number must be the same. */
  readonly witnesses?: readonly NodeClient[];
  /** Finds the origin again when its block was reorganised away. */
  readonly findOrigin: () => Promise<Origin>;
  /** Called with the node's head and the last block known to be on its chain, before anything is scanned. */
  readonly onHead?: ((head: bigint, scanned: bigint) => Promise<void>) | undefined;
  /** Makes the state durable. Called between chunks and at the end; `isEnd` false: may be put off. */
  readonly commit: (isEnd: boolean) => Promise<void>;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
}

interface Counts {
  newNotes: number;
  spentNotes: number;
  rewound: bigint;
  /** Further nodes that have the same newest block. */
  confirmed: number;
}

/** Times that a chain which changes under the scan is followed before giving up. */
const MAX_TURNS = 8;

/**
 * Brings the state up to the node's head and proves it against the head's state root. What was scanned before an error or a
 * cancellation is kept, unless it contradicts the state root: then everything since the last proved block is taken back.
 * Throws rpc/lying, rpc/behind, rpc/nodes-disagree, rpc/* of the client, store/* of `commit`.
 */
export async function syncState(state: ScanState, context: SyncContext): Promise<SyncResult> {
  const openers = changeOpenersOf(state.ledger.accounts, context.makeSharedSecret);
  const counts: Counts = { newNotes: 0, spentNotes: 0, rewound: 0n, confirmed: 0 };
  const meter = progressMeter(lastMark(state)?.leafCount ?? 0n, context.now);
  try {
    await distrustOrigin(state, context);
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const head = await context.client.head({ signal: context.signal });
      const questions = headQuestions(context);
      await goBackToShared(state, context, head, counts);
      await context.onHead?.(head.number, scannedBlock(state));
      context.onProgress?.(meter(head, scannedBlock(state), lastMark(state)?.leafCount ?? 0n));
      const isLinked = await scanTo(state, context, questions, openers, head, counts, meter);
      if (isLinked && (await proveHead(state, context, questions, counts))) {
        await context.commit(true);
        return resultOf(state, context, counts, false);
      }
    }
  } catch (error) {
    // Whatever was applied after the last checkpoint is incomplete.
    rewindState(state, scannedBlock(state));
    const isCancelled = context.signal?.aborted === true;
    if (isCancelled || !(error instanceof SeroError) || !error.code.startsWith("store/")) await context.commit(true);
    if (isCancelled) return resultOf(state, context, counts, true);
    throw error;
  }
  await context.commit(true);
  throw new SeroError("rpc/unsettled", "The chain changed again and again while it was read. Try again in a moment.", {
    url: context.client.url,
  });
}

function resultOf(state: ScanState, context: SyncContext, counts: Counts, isCancelled: boolean): SyncResult {
  const last = lastMark(state);
  return {
    head: scannedBlock(state),
    headHash: last === undefined ? "" : toHex(last.hash),
    newNotes: counts.newNotes,
    spentNotes: counts.spentNotes,
    rewound: counts.rewound,
    trust: counts.confirmed > 0 ? "several-nodes" : "node",
    cancelled: isCancelled,
  };
}

/** Nothing is scanned and nothing proved: the beginning is a node's word, which may have been false, and is asked for again. */
async function distrustOrigin(state: ScanState, context: SyncContext): Promise<void> {
  if (state.origin.mark === undefined || state.marks.length > 0 || state.verified !== undefined) return;
  resetState(state, await context.findOrigin());
}

/** Takes blocks back until the last one is on the node's chain. */
async function goBackToShared(state: ScanState, context: SyncContext, head: NodeHead, counts: Counts): Promise<void> {
  const last = lastMark(state);
  if (last === undefined) return;
  const before = last.number;
  const ancestor = await findAncestor(context.client, state, head.number, context.signal);
  if (ancestor !== undefined && ancestor.number === before) return;
  if (ancestor !== undefined && head.number === ancestor.number && head.number < before)
    throw new SeroError(
      "rpc/behind",
      "The node is behind what this wallet has already seen. Wait until it has caught up, or use another node.",
      {
        url: context.client.url,
        node: head.number.toString(),
        wallet: before.toString(),
      },
    );
  if (ancestor !== undefined) {
    counts.rewound += before - rewindState(state, ancestor.number);
    return;
  }
  const { mark } = state.origin;
  const isOriginShared =
    mark === undefined ||
    (mark.number <= head.number &&
      equalBytes((await hashAt(context.client, mark.number, context.signal)) ?? new Uint8Array(0), mark.hash));
  const origin = isOriginShared ? state.origin : await context.findOrigin();
  counts.rewound += before - resetState(state, origin);
}

type Meter = ReturnType<typeof progressMeter>;

/** Scans up to the head. False if the chain changed on the way. */
async function scanTo(
  state: ScanState,
  context: SyncContext,
  questions: HeadQuestions,
  openers: ChangeOpeners,
  head: NodeHead,
  counts: Counts,
  meter: Meter,
): Promise<boolean> {
  const source = {
    client: context.client,
    engine: context.engine,
    genesisHash: state.genesisHash,
    signal: context.signal,
    onDownloaded: questions.ask,
  };
  try {
    for await (const chunk of ahead(downloadChunks(source, lastMark(state), head.number), 2)) {
      if (context.signal?.aborted === true) throw cancelled();
      await applyChunk(state, context, openers, chunk, head, counts);
      await context.commit(false);
      context.onProgress?.(meter(head, scannedBlock(state), lastMark(state)?.leafCount ?? 0n));
    }
  } catch (error) {
    if (!(error instanceof SeroError) || error.code !== "rpc/lying") throw error;
    // A block that does not follow ours: a reorganisation if the node now has another block in our place, a lie if not.
    rewindState(state, scannedBlock(state));
    const last = lastMark(state);
    const isSame =
      last === undefined ||
      equalBytes((await hashAt(context.client, last.number, context.signal)) ?? new Uint8Array(0), last.hash);
    const now = await context.client.head({ signal: context.signal });
    if (isSame && equalBytes(now.hash, head.hash)) throw error;
    return false;
  }
  return scannedBlock(state) === head.number;
}

async function applyChunk(
  state: ScanState,
  context: SyncContext,
  openers: ChangeOpeners,
  chunk: Chunk,
  head: NodeHead,
  counts: Counts,
): Promise<void> {
  const hits = await chunk.hits;
  const denseFrom = head.number - DENSE_BLOCKS;
  chunk.blocks.forEach((block, i) => {
    const memos = chunk.memos.get(block.mark.number)?.transactions;
    const memosOf = (index: number): readonly Uint8Array[] | undefined => {
      const entry = memos?.[index];
      const tx = block.compact.transactions[index];
      return entry !== undefined && tx !== undefined && equalBytes(entry.txid, tx.txid) ? entry.chunks : undefined;
    };
    state.tree.append(block.leaves);
    const applied = applyBlock(state.ledger, openers, block, hits[i] ?? NO_HITS, memosOf, state.hrp);
    if (applied.falseMemos > 0)
      throw lying(context.client.url, "memos are missing or false", { block: block.mark.number.toString() });
    for (const leafIndex of applied.marked) state.tree.mark(leafIndex);
    counts.newNotes += applied.marked.length;
    counts.spentNotes += applied.spent;
    const isLastOfChunk = i === chunk.blocks.length - 1;
    if (isLastOfChunk || block.mark.number >= denseFrom) checkpointState(state, block.mark);
  });
}

/** Proves the scanned state against the head's state root. False if the head has moved to another branch meanwhile. Throws rpc/lying. */
async function proveHead(
  state: ScanState,
  context: SyncContext,
  questions: HeadQuestions,
  counts: Counts,
): Promise<boolean> {
  const last = lastMark(state);
  if (last === undefined) return true;
  const answers = questions.answers(last);
  counts.confirmed = await answers.confirmed;
  if (state.verified === last.number) return true;
  const proof = await answers.proof;
  if (proof === undefined) return false;
  const proved = verifyPoolProof(proof, last.hash);
  const isOurs =
    proved.leafCount === last.leafCount &&
    equalBytes(proved.streamDigest, last.streamDigest) &&
    proved.root === state.tree.rootAt(treeBlock(last));
  if (!isOurs) {
    const { verified } = state;
    if (verified === undefined) resetState(state, state.origin);
    else rewindState(state, verified);
    throw lying(context.client.url, "notes were forged, left out or reordered", {
      from: ((verified ?? -1n) + 1n).toString(),
      to: last.number.toString(),
    });
  }
  state.verified = last.number;
  forgetFinalSpends(state);
  return true;
}

/** Drops the tree paths of notes spent so long ago that no rewind reaches them. */
function forgetFinalSpends(state: ScanState): void {
  const oldest = state.marks[0]?.number ?? 0n;
  const final: bigint[] = [];
  for (const note of state.ledger.notes.values())
    if (note.spent !== undefined && note.spent.block < oldest && state.tree.isMarked(note.leafIndex))
      final.push(note.leafIndex);
  if (final.length > 0) state.tree.unmark(final);
}

/** The origin of a wallet whose accounts are younger than block `birthday`. The node's word, which the first proof of a head checks. */
export async function originAt(
  client: NodeClient,
  birthday: bigint,
  readFrontier: (bytes: Uint8Array) => Origin["frontier"],
): Promise<Origin> {
  if (birthday <= 0n) return GENESIS_ORIGIN;
  const tree = await client.treeState(birthday);
  const frontier = readFrontier(tree.frontier);
  const hash = await hashAt(client, birthday);
  if (hash === undefined || frontier.count !== tree.leafCount)
    throw lying(client.url, "the state to begin from is incomplete");
  return {
    mark: { number: birthday, hash, timestamp: 0n, leafCount: tree.leafCount, streamDigest: tree.streamDigest },
    frontier,
  };
}
