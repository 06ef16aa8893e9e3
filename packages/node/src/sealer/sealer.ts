import { bigIntToBytes, isZeroBytes, keccak256, SeroError, type BlockHash, type EthAddress } from "@sero/protocol";
import type { Chain, ChainBlock } from "../chain/index.js";
import { orderedQueue, type Engine } from "../engine/index.js";
import type { Log } from "../log.js";
import type { Mempool } from "../mempool/index.js";

/** How many blocks behind the head the development chain calls a block safe: as a network of validators does an epoch behind. */
export const SAFE_DEPTH = 8n;
/** How many blocks behind the head the development chain calls a block finalized. Reorganisations reach no deeper. */
export const FINAL_DEPTH = 32n;

const DEBOUNCE_MS = 150;
/**
 * What one request brings is to be in one block. Its calls are answered one after another and each transaction waits for the verifier: as long as
 * something is there the block waits with it, up to so many milliseconds, and looks again so often.
 */
const PATIENCE_MS = 1_000;
const LOOK_MS = 20;

/** When a development chain makes blocks. */
export interface SealerOptions {
  /** Milliseconds between blocks when nothing happens; 0 for none. */
  readonly intervalMs: number;
  /** Whether a verified transaction gets a block of its own accord. */
  readonly onDemand: boolean;
  /** Milliseconds to wait for more transactions before a block on demand; DEBOUNCE_MS if left out. */
  readonly debounceMs?: number;
  readonly feeRecipient?: EthAddress;
  /** Seconds since 1970; the real time unless a test says otherwise. */
  readonly nowSeconds?: () => number;
}

/** Makes blocks on a development chain, in place of a consensus client. */
export interface Sealer {
  /** Makes a block now, on the head. @throws SeroError when the engine refuses it */
  seal(): Promise<ChainBlock>;
  /** Finishes a block under way and makes no more. */
  stop(): Promise<void>;
}

/**
 * Starts sealing. Each block takes the way that a consensus client's takes: forkchoiceUpdated with attributes, getPayload, newPayload,
 * forkchoiceUpdated. There is no second way to make a block.
 */
export function startSealer(engine: Engine, chain: Chain, mempool: Mempool, options: SealerOptions, log: Log): Sealer {
  const queue = orderedQueue();
  const now = options.nowSeconds ?? ((): number => Math.floor(Date.now() / 1000));
  const feeRecipient = options.feeRecipient ?? (new Uint8Array(20) as EthAddress);
  let isStopped = false;
  let soon: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;

  async function seal(): Promise<ChainBlock> {
    const parent = chain.head();
    const current = { head: parent.hash, safe: chain.safe().hash, finalized: chain.finalized().hash };
    const clock = BigInt(now());
    const timestamp = clock > parent.header.timestamp ? clock : parent.header.timestamp + 1n;
    const started = await engine.forkchoiceUpdated(current, {
      timestamp,
      feeRecipient,
      // There is no beacon chain to draw randomness from; contracts see a value that nobody chose.
      prevRandao: keccak256(parent.hash, bigIntToBytes(timestamp, 8)),
      withdrawals: [],
    });
    if (!started.payloadId) throw refused("forkchoiceUpdated started no payload");
    const built = await engine.getPayload(started.payloadId, Infinity);
    const verdict = await engine.newPayload(built);
    if (verdict.status !== "VALID") {
      throw refused(verdict.status === "INVALID" ? verdict.validationError : verdict.status);
    }
    const number = built.block.header.number;
    const done = await engine.forkchoiceUpdated({
      head: built.hash,
      safe: ancestor(chain, built.hash, number - SAFE_DEPTH),
      finalized: ancestor(chain, built.hash, number - FINAL_DEPTH),
    });
    if (done.status.status !== "VALID") throw refused(`the new head is ${done.status.status}`);
    return chain.head();
  }

  function schedule(): void {
    clearTimeout(later);
    if (isStopped || options.intervalMs <= 0) return;
    later = setTimeout(() => void attempt(), options.intervalMs);
  }

  async function attempt(): Promise<void> {
    soon = undefined;
    if (isStopped) return;
    try {
      const waiting = mempool.size;
      await queue.run(seal);
      // What did not fit waits for no timer. If nothing left the pool, another block at once would not help either.
      if (options.onDemand && mempool.size > 0 && mempool.size < waiting) demand();
    } catch (error) {
      log({
        level: "error",
        event: "sealer/failed",
        message: error instanceof SeroError ? `${error.code}: ${error.message}` : String(error),
      });
    } finally {
      schedule();
    }
  }

  function demand(): void {
    if (!isStopped) soon ??= setTimeout(ripen, options.debounceMs ?? DEBOUNCE_MS, performance.now());
  }

  function ripen(since: number): void {
    const isMoreComing = mempool.isVerifying && performance.now() - since < PATIENCE_MS;
    if (isMoreComing) soon = setTimeout(ripen, LOOK_MS, since);
    else void attempt();
  }

  const unsubscribe = options.onDemand ? mempool.onTransaction(demand) : (): void => undefined;
  schedule();
  return {
    async seal() {
      if (isStopped) throw refused("the node is stopping");
      const block = await queue.run(seal);
      schedule();
      return block;
    },
    async stop() {
      isStopped = true;
      unsubscribe();
      clearTimeout(soon);
      clearTimeout(later);
      await queue.idle();
    },
  };
}

/** The ancestor of `hash` with this number, as far down as the finalized block; zeros (names none) below it. */
function ancestor(chain: Chain, hash: BlockHash, number: bigint): Uint8Array {
  let at = chain.get(hash);
  while (at && at.number > number && !isZeroBytes(at.header.parentHash)) at = chain.get(at.header.parentHash);
  return at && at.number === number ? at.hash : new Uint8Array(32);
}

function refused(reason: string): SeroError {
  return new SeroError("sealer/refused", `No block could be made: ${reason}.`, { reason });
}
