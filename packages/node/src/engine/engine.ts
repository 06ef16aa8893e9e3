import { headerHash, transactionsRoot, withdrawalsRoot, type Block, type BlockResult } from "@sero/execution";
import { equalBytes, isZeroBytes, SeroError, toHex, type BlockHash, type Validity } from "@sero/protocol";
import type { Chain, ChainBlock } from "../chain/index.js";
import { silent, type Log } from "../log.js";
import { openBadBlocks } from "./bad-blocks.js";
import { openBuilding, type Builder, type BuildingTimes } from "./building.js";
import { KEPT_LIMITS, openKeptPayloads, type KeptLimits } from "./kept-payloads.js";
import { orderedQueue } from "./queue.js";
import type {
  BuiltPayload,
  ForkchoiceResult,
  ForkchoiceState,
  ImportOptions,
  ImportOutcome,
  MissingBlocks,
  Payload,
  PayloadAttributes,
  PayloadId,
  PayloadStatus,
  UnreadAttributes,
} from "./types.js";

/** What the engine needs of the state transition. */
export interface Executor extends Builder {
  /** Checks and executes a block whose parent is known. */
  execute(parent: ChainBlock, block: Block): Promise<Validity<BlockResult>>;
}

/** The Engine API as functions, in order of arrival. The only way that blocks enter the chain, for the sealer as for a consensus client. */
export interface Engine {
  /** engine_newPayload: checks, executes and stores a block. VALID means that it is on disk. */
  newPayload(payload: Payload): Promise<PayloadStatus>;
  /**
   * engine_forkchoiceUpdated: moves the head; with attributes, begins a payload on it.
   *
   * @param attributes looked at after the fork choice was applied: what is wrong with them does not undo that (paris.md, point 8)
   * @throws SeroError `engine/*`
   */
  forkchoiceUpdated(
    state: ForkchoiceState,
    attributes?: PayloadAttributes | UnreadAttributes,
  ): Promise<ForkchoiceResult>;
  /**
   * engine_getPayload: the payload as it is now; it is not improved any more. Not in the queue, since a proposer has a second for it.
   *
   * @param patience milliseconds to wait for what is waiting to be in; a consensus client's if left out
   * @throws SeroError `engine/unknown-payload`
   */
  getPayload(id: PayloadId, patience?: number): Promise<BuiltPayload>;
  /**
   * Executes blocks from peers, oldest first, in the same order of arrival as the calls of the consensus client, which get their turn between any
   * two blocks. When the head that the consensus client named last is in, the fork choice moves to it.
   */
  importBlocks(blocks: readonly Block[], options: ImportOptions): Promise<ImportOutcome>;
  /**
   * Says that blocks descend from one that was found invalid, as a chain of headers shows: whoever names one of them hears INVALID instead of
   * SYNCING for ever. Nothing happens if the one is not known as invalid.
   *
   * @param hashes at most 200 are remembered
   */
  condemn(hashes: readonly Uint8Array[], by: Uint8Array): void;
  /** Calls `listener` when blocks are missing, again with each call that names some; returns how to stop. */
  onMissing(listener: (missing: MissingBlocks) => void): () => void;
  /** What is missing for the head that the consensus client named last; undefined when the head is here. */
  missing(): MissingBlocks | undefined;
  /** Whether the consensus client named a head that is not here yet. */
  isSyncing(): boolean;
  /** Resolves when every call so far has been answered. */
  idle(): Promise<void>;
  /** Ends what is being built, and what is in the queue. */
  close(): Promise<void>;
}

/** Settings, all with a default. */
export interface EngineOptions {
  readonly times?: Partial<BuildingTimes>;
  readonly kept?: KeptLimits;
  readonly log?: Log;
}

const TIMES: BuildingTimes = { patience: 400, gather: 50, anew: 1_000, slot: 12_000 };

/** Kept payloads that one fork choice executes before it is answered; a consensus client waits for 8 s. */
const MAX_AT_ONCE = 16;

/** Below what is remembered of invalid blocks, so that the reason itself is not forgotten. */
const MAX_CONDEMNED = 200;

/** Opens the engine of a chain. */
export function openEngine(chain: Chain, executor: Executor, options: EngineOptions = {}): Engine {
  const { log = silent } = options;
  const queue = orderedQueue();
  const bad = openBadBlocks();
  const kept = openKeptPayloads(options.kept ?? KEPT_LIMITS);
  const building = openBuilding(executor, { ...TIMES, ...options.times }, report("engine/build"));
  const listeners = new Set<(missing: MissingBlocks) => void>();
  /** The newest fork choice, while its head is not here. */
  let awaited: ForkchoiceState | undefined;
  let finalizedNamed: BlockHash | undefined;

  function report(event: string): (error: unknown) => void {
    return (error) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log({ level: "error", event, message: `The engine failed at work nobody waits for: ${reason}` });
    };
  }

  function missingFor(hash: Uint8Array, isHead: boolean): MissingBlocks {
    const path = kept.pathTo(hash);
    return {
      hash: hash as BlockHash,
      header: path.at(-1)?.block.header,
      wanted: path[0]?.block.header.parentHash ?? (hash as BlockHash),
      isHead,
      finalized: finalizedNamed,
    };
  }
  function tellMissing(hash: Uint8Array, isHead: boolean): void {
    const missing = missingFor(hash, isHead);
    // The rest is here and only has to be executed.
    if (chain.get(missing.wanted)) return;
    for (const listener of listeners) {
      try {
        listener(missing);
      } catch (error) {
        report("engine/missing")(error);
      }
    }
  }

  /** An invalid block, and with it all that is known to descend from it. */
  function condemn(hash: Uint8Array, latestValidHash: BlockHash, error: SeroError): PayloadStatus {
    bad.add(hash, { latestValidHash, error });
    kept.remove(hash);
    for (const payload of kept.takeDescendants(hash)) bad.add(payload.hash, { latestValidHash, error });
    // Nothing is waited for any more if the head that was named is among them.
    if (awaited && bad.get(awaited.head)) awaited = undefined;
    return invalidStatus(latestValidHash, error);
  }

  /** A block whose hash is its header's. */
  async function accept(payload: Payload): Promise<PayloadStatus> {
    const { hash, block } = payload;
    if (chain.get(hash) || chain.isFinal(hash)) return { status: "VALID", latestValidHash: hash };
    const { parentHash, number } = block.header;
    const known = bad.get(hash) ?? bad.get(parentHash);
    if (known) return condemn(hash, known.latestValidHash, known.error);
    const parent = chain.get(parentHash);
    if (!parent) {
      // Its ancestors are known, but the state after them is not: below finality nothing can become canonical any more.
      if (chain.isFinal(parentHash)) return { status: "ACCEPTED" };
      if (number > chain.finalized().number) kept.add(payload);
      tellMissing(hash, awaited !== undefined && equalBytes(awaited.head, hash));
      return { status: "SYNCING" };
    }
    kept.remove(hash);
    const verdict = await executor.execute(parent, block);
    if (!verdict.ok) return condemn(hash, parent.hash, verdict.error);
    chain.insert(verdict.value);
    if (awaited && equalBytes(awaited.head, hash)) applyAwaited(awaited);
    for (const child of kept.childrenOf(hash)) later(child.hash);
    return { status: "VALID", latestValidHash: hash };
  }

  /** Executes a kept payload whose parent has come, after the calls that arrived meanwhile. */
  function later(hash: Uint8Array): void {
    queue
      .run(async () => {
        const payload = kept.get(hash);
        if (payload) await accept(payload);
      })
      .catch(report("engine/kept"));
  }

  function newPayload(payload: Payload): PayloadStatus | Promise<PayloadStatus> {
    const { hash, block } = payload;
    if (block.transactions.some((bytes) => bytes.length === 0)) {
      return withoutAncestor("block/transaction", "A transaction of the payload is empty.");
    }
    const actual = headerHash(block.header);
    if (!equalBytes(actual, hash)) {
      return withoutAncestor("block/hash", `The header's hash is ${toHex(actual)}, not the one given.`);
    }
    return accept(payload);
  }

  /** The head's ancestors that are kept, and the head, as far as their own ancestors are here. */
  async function executeKept(head: Uint8Array): Promise<void> {
    const path = kept.pathTo(head);
    const first = path[0];
    if (!first || !(chain.get(first.block.header.parentHash) ?? bad.get(first.block.header.parentHash))) return;
    for (const payload of path.slice(0, MAX_AT_ONCE)) if ((await accept(payload)).status !== "VALID") return;
  }

  /** Moves the head and what else is named. Blocks that are final here already are named as well as the finalized one. */
  function applyForkchoice({ head, safe, finalized }: ForkchoiceState): void {
    const named = (hash: Uint8Array): Uint8Array | undefined => {
      if (isZeroBytes(hash)) return undefined;
      return !chain.get(hash) && chain.isFinal(hash) ? chain.finalized().hash : hash;
    };
    try {
      chain.setForkchoice({ head, safe: named(safe), finalized: named(finalized) });
    } catch (error) {
      if (!(error instanceof SeroError) || !error.code.startsWith("chain/")) throw error;
      const code = error.code === "chain/below-finality" ? "engine/too-deep-reorg" : "engine/invalid-forkchoice-state";
      throw new SeroError(code, error.message, error.values, { cause: error });
    }
    kept.dropUpTo(chain.finalized().number);
  }

  /** The head that the consensus client waits for has come. If what it named with it does not fit, it will hear so when it asks. */
  function applyAwaited(state: ForkchoiceState): void {
    awaited = undefined;
    try {
      applyForkchoice(state);
    } catch (error) {
      if (!(error instanceof SeroError) || !error.code.startsWith("engine/")) throw error;
    }
  }

  async function forkchoiceUpdated(
    state: ForkchoiceState,
    attributes: PayloadAttributes | UnreadAttributes | undefined,
  ): Promise<ForkchoiceResult> {
    if (isZeroBytes(state.head)) {
      throw new SeroError("engine/invalid-forkchoice-state", "The fork choice names no head.");
    }
    if (!chain.get(state.head)) await executeKept(state.head);
    const known = bad.get(state.head);
    if (known) return { status: invalidStatus(known.latestValidHash, known.error), payloadId: undefined };
    const head = chain.get(state.head);
    if (!head && chain.isFinal(state.head)) {
      // An ancestor of the finalized block is no news, and nothing may be built on it (paris.md, point 2).
      return { status: { status: "VALID", latestValidHash: state.head as BlockHash }, payloadId: undefined };
    }
    if (!isZeroBytes(state.finalized)) finalizedNamed = state.finalized as BlockHash;
    if (!head) {
      awaited = state;
      tellMissing(state.head, true);
      return { status: { status: "SYNCING" }, payloadId: undefined };
    }
    awaited = undefined;
    applyForkchoice(state);
    const valid: PayloadStatus = { status: "VALID", latestValidHash: head.hash };
    if (!attributes) return { status: valid, payloadId: undefined };
    const wanted = "read" in attributes ? attributes.read() : attributes;
    if (wanted.timestamp <= head.header.timestamp) {
      throw new SeroError(
        "engine/invalid-payload-attributes",
        "The new block's timestamp must be above its parent's.",
        { timestamp: wanted.timestamp.toString(), parentTimestamp: head.header.timestamp.toString() },
      );
    }
    if ("check" in attributes) attributes.check(wanted.timestamp);
    return { status: valid, payloadId: building.begin(head, wanted) };
  }

  async function getPayload(id: PayloadId, patience: number | undefined): Promise<BuiltPayload> {
    const taken = building.take(id, patience);
    if (!taken) throw new SeroError("engine/unknown-payload", "There is no payload with this id.", { id: toHex(id) });
    return taken;
  }

  /** One block of a peer. A body that is not the header's says nothing about the block of that hash. */
  async function importBlock(block: Block): Promise<PayloadStatus> {
    const { header } = block;
    const isWhole =
      equalBytes(header.transactionsRoot, transactionsRoot(block.transactions)) &&
      equalBytes(header.withdrawalsRoot, withdrawalsRoot(block.withdrawals));
    if (!isWhole) return withoutAncestor("block/body", "The body is not the one that the header commits to.");
    return accept({ hash: headerHash(header), block });
  }

  /** Ends what could still change up to this block. The head stays where it is if it descends from it. */
  function finalize(hash: BlockHash): void {
    const block = chain.get(hash);
    if (!block || block.number <= chain.finalized().number) return;
    const head = chain.isCanonical(hash) ? chain.head().hash : hash;
    applyForkchoice({ head, safe: hash, finalized: hash });
  }

  /**
   * Moves the head along blocks of peers towards the one that is awaited, where they do nothing but go on from it: their layers need no memory
   * then, and whoever asks sees how far the node is.
   */
  function follow(hash: BlockHash): void {
    const head = chain.head();
    let at = chain.get(hash);
    while (at && at.number > head.number) at = chain.get(at.header.parentHash);
    if (!awaited || !at || !equalBytes(at.hash, head.hash)) return;
    chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
  }

  async function importBlocks(blocks: readonly Block[], how: ImportOptions): Promise<ImportOutcome> {
    let imported = 0;
    let status: PayloadStatus = { status: "VALID", latestValidHash: chain.head().hash };
    for (const block of blocks) {
      if (how.signal?.aborted) break;
      status = await queue.run(() => importBlock(block));
      if (status.status !== "VALID") break;
      imported++;
    }
    const last = blocks[imported - 1];
    if (last) await queue.run(() => (how.isFinal ? finalize : follow)(headerHash(last.header)));
    return { imported, status };
  }

  return {
    newPayload: (payload) => queue.run(() => newPayload(payload)),
    forkchoiceUpdated: (state, attributes) => queue.run(() => forkchoiceUpdated(state, attributes)),
    getPayload,
    importBlocks,
    condemn(hashes, by) {
      const known = bad.get(by);
      if (!known) return;
      for (const hash of hashes.slice(0, MAX_CONDEMNED)) {
        if (!chain.get(hash)) condemn(hash, known.latestValidHash, known.error);
      }
    },
    onMissing(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    missing: () => awaited && missingFor(awaited.head, true),
    isSyncing: () => awaited !== undefined,
    idle: () => queue.idle(),
    async close() {
      await building.close();
      await queue.idle();
    },
  };
}

function invalidStatus(latestValidHash: BlockHash, error: SeroError): PayloadStatus {
  return { status: "INVALID", latestValidHash, validationError: `${error.code}: ${error.message}` };
}

/** INVALID for what says nothing about a block: no ancestor is looked for, and nothing is remembered. */
function withoutAncestor(code: string, message: string): PayloadStatus {
  return { status: "INVALID", latestValidHash: undefined, validationError: `${code}: ${message}` };
}
