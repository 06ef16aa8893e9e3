import { headerHash, type Block, type BlockResult } from "@sero/execution";
import { equalBytes, hexDigits, isZeroBytes, SeroError, toHex, type BlockHash, type Validity } from "@sero/protocol";
import type { Chain, ChainBlock } from "../chain/index.js";
import { openBadBlocks } from "./bad-blocks.js";
import { payloadIdOf } from "./payload-id.js";
import { orderedQueue } from "./queue.js";
import type {
  BuiltPayload,
  ForkchoiceResult,
  ForkchoiceState,
  Payload,
  PayloadAttributes,
  PayloadId,
  PayloadStatus,
} from "./types.js";

/** What the engine needs of the state transition. */
export interface Executor {
  /** Builds the best block it can on `parent`. */
  build(parent: ChainBlock, attributes: PayloadAttributes): Promise<BuiltPayload>;
  /** Checks and executes a block whose parent is known. */
  execute(parent: ChainBlock, block: Block): Promise<Validity<BlockResult>>;
}

/** The Engine API as functions, in order of arrival. The only way that blocks enter the chain, for the sealer as for a consensus client. */
export interface Engine {
  /** engine_newPayload: checks, executes and stores a block. VALID means that it is on disk. */
  newPayload(payload: Payload): Promise<PayloadStatus>;
  /** engine_forkchoiceUpdated: moves the head; with attributes, starts a payload on it. @throws SeroError `engine/*` */
  forkchoiceUpdated(state: ForkchoiceState, attributes?: PayloadAttributes): Promise<ForkchoiceResult>;
  /** engine_getPayload. @throws SeroError `engine/unknown-payload` */
  getPayload(id: PayloadId): Promise<BuiltPayload>;
  /** Whether the consensus client named a head that is not here yet. */
  isSyncing(): boolean;
  /** Resolves when every call so far has been answered. */
  idle(): Promise<void>;
}

interface Job {
  readonly parent: ChainBlock;
  readonly attributes: PayloadAttributes;
  built: Promise<BuiltPayload> | undefined;
}

/** Payloads under construction that are remembered. */
const MAX_JOBS = 16;

/** Opens the engine of a chain. */
export function openEngine(chain: Chain, executor: Executor): Engine {
  const queue = orderedQueue();
  const bad = openBadBlocks();
  const jobs = new Map<string, Job>();
  let syncing = false;

  async function newPayload({ hash, block }: Payload): Promise<PayloadStatus> {
    const actual = headerHash(block.header);
    if (!equalBytes(actual, hash)) {
      return {
        status: "INVALID",
        latestValidHash: undefined,
        validationError: `block/hash: The header's hash is ${toHex(actual)}, not the one given.`,
      };
    }
    if (chain.get(hash)) return { status: "VALID", latestValidHash: hash };
    const { parentHash } = block.header;
    const known = bad.get(hash) ?? bad.get(parentHash);
    if (known) {
      bad.add(hash, known);
      return invalidStatus(known.latestValidHash, known.error);
    }
    const parent = chain.get(parentHash);
    if (!parent) {
      // Below finality nothing can be executed any more, and nothing there can become canonical.
      return { status: block.header.number <= chain.finalized().number ? "ACCEPTED" : "SYNCING" };
    }
    const verdict = await executor.execute(parent, block);
    if (!verdict.ok) {
      bad.add(hash, { latestValidHash: parent.hash, error: verdict.error });
      return invalidStatus(parent.hash, verdict.error);
    }
    chain.insert(verdict.value);
    return { status: "VALID", latestValidHash: hash };
  }

  function forkchoiceUpdated(state: ForkchoiceState, attributes: PayloadAttributes | undefined): ForkchoiceResult {
    if (isZeroBytes(state.head)) {
      throw new SeroError("engine/invalid-forkchoice-state", "The fork choice names no head.");
    }
    const known = bad.get(state.head);
    if (known) return { status: invalidStatus(known.latestValidHash, known.error), payloadId: undefined };
    const head = chain.get(state.head);
    if (!head) {
      syncing = true;
      return { status: { status: "SYNCING" }, payloadId: undefined };
    }
    syncing = false;
    const valid: PayloadStatus = { status: "VALID", latestValidHash: head.hash };
    // An ancestor of the head is no news, and nothing may be built on it (paris.md, forkchoiceUpdated, point 2).
    if (head.number < chain.head().number && chain.isCanonical(head.hash)) {
      return { status: valid, payloadId: undefined };
    }
    try {
      chain.setForkchoice({ head: head.hash, safe: named(state.safe), finalized: named(state.finalized) });
    } catch (error) {
      if (!(error instanceof SeroError) || !error.code.startsWith("chain/")) throw error;
      throw new SeroError("engine/invalid-forkchoice-state", error.message, error.values, { cause: error });
    }
    if (!attributes) return { status: valid, payloadId: undefined };
    if (attributes.timestamp <= head.header.timestamp) {
      throw new SeroError(
        "engine/invalid-payload-attributes",
        "The new block's timestamp must be above its parent's.",
        { timestamp: attributes.timestamp.toString(), parentTimestamp: head.header.timestamp.toString() },
      );
    }
    const id = payloadIdOf(head.hash, attributes);
    const key = hexDigits(id);
    if (!jobs.has(key)) jobs.set(key, { parent: head, attributes, built: undefined });
    const oldest = jobs.keys().next();
    if (jobs.size > MAX_JOBS && !oldest.done) jobs.delete(oldest.value);
    return { status: valid, payloadId: id };
  }

  async function getPayload(id: PayloadId): Promise<BuiltPayload> {
    const job = jobs.get(hexDigits(id));
    if (!job) throw new SeroError("engine/unknown-payload", "There is no payload with this id.", { id: toHex(id) });
    // Built when asked for, so that it holds what came in last; asked for again, it is the same block.
    job.built ??= executor.build(job.parent, job.attributes);
    try {
      return await job.built;
    } catch (error) {
      job.built = undefined;
      throw error;
    }
  }

  return {
    newPayload: (payload) => queue.run(() => newPayload(payload)),
    forkchoiceUpdated: (state, attributes) => queue.run(() => forkchoiceUpdated(state, attributes)),
    getPayload: (id) => queue.run(() => getPayload(id)),
    isSyncing: () => syncing,
    idle: () => queue.idle(),
  };
}

function invalidStatus(latestValidHash: BlockHash, error: SeroError): PayloadStatus {
  return { status: "INVALID", latestValidHash, validationError: `${error.code}: ${error.message}` };
}

function named(hash: Uint8Array): Uint8Array | undefined {
  return isZeroBytes(hash) ? undefined : hash;
}
