import { hexDigits } from "@sero/protocol";
import type { ChainBlock } from "../chain/index.js";
import { payloadIdOf } from "./payload-id.js";
import type { BuiltPayload, PayloadAttributes, PayloadId } from "./types.js";

/** A block in the making on one parent. */
export interface Draft {
  /** Adds what waits and is not in yet, best price first, until nothing is left, nothing more fits, or `stop` says so. */
  fill(stop: () => boolean): Promise<void>;
  /** Whether a block begun anew would earn more: this one is full, and better-paying transactions wait. */
  isOutbid(): boolean;
  /** The block as it is now; not while `fill` runs. */
  seal(): BuiltPayload;
}

/** Where blocks come from. */
export interface Builder {
  begin(parent: ChainBlock, attributes: PayloadAttributes): Draft;
  /** Calls `listener` when something new waits for a block; returns how to stop. */
  onNews(listener: () => void): () => void;
}

/** Milliseconds. */
export interface BuildingTimes {
  /** How long getPayload waits for the first filling: the consensus client gives up after a second (paris.md). */
  readonly patience: number;
  /** How long news gather before they are added. */
  readonly gather: number;
  /** How long a full block stays before it is made anew for better prices. */
  readonly anew: number;
  /** For how long at least a payload nobody asks for is improved. */
  readonly slot: number;
}

/** Payloads under construction. */
export interface Building {
  /** Begins a payload, unless the same is being built, and lets all others rest as they are. */
  begin(parent: ChainBlock, attributes: PayloadAttributes): PayloadId;
  /** The payload as far as it got; it is not improved any more. Asked again, it is the same. Undefined: no such payload. */
  take(id: PayloadId, patience?: number): Promise<BuiltPayload> | undefined;
  close(): Promise<void>;
}

/** Payloads that are remembered; each may be asked for once more. */
const MAX_JOBS = 8;

interface Job {
  stop(): void;
  take(patience: number): Promise<BuiltPayload>;
  /** Whether it is not improved any more though nobody took it: named again, it is begun anew. */
  isResting(): boolean;
  ended: Promise<void>;
}

/** Opens the workshop of payloads. */
export function openBuilding(builder: Builder, times: BuildingTimes, onFault: (error: unknown) => void): Building {
  const jobs = new Map<string, Job>();
  let newest: Job | undefined;
  return {
    begin(parent, attributes) {
      const id = payloadIdOf(parent.hash, attributes);
      const key = hexDigits(id);
      const existing = jobs.get(key);
      if (!existing || existing.isResting()) {
        // One at a time: the proposer has one slot, and older payloads stay as good as they were.
        newest?.stop();
        jobs.delete(key);
        newest = startJob(builder, parent, attributes, times, onFault);
        jobs.set(key, newest);
      }
      const oldest = jobs.keys().next();
      if (jobs.size > MAX_JOBS && !oldest.done) jobs.delete(oldest.value);
      return id;
    },
    take: (id, patience = times.patience) => jobs.get(hexDigits(id))?.take(patience),
    async close() {
      for (const job of jobs.values()) job.stop();
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
    },
  };
}

function startJob(
  builder: Builder,
  parent: ChainBlock,
  attributes: PayloadAttributes,
  times: BuildingTimes,
  onFault: (error: unknown) => void,
): Job {
  let draft: Draft | undefined = builder.begin(parent, attributes);
  // There is always something to answer with (paris.md, payload building, 2).
  let best = draft.seal();
  let isFresh = true;
  let isTaken = false;
  let sealed = { at: performance.now(), cost: 0 };
  const stopped = signal();
  const filled = signal();
  let wake = (): void => undefined;
  const unsubscribe = builder.onNews(() => wake());
  const untilSlotEnds = Number(attributes.timestamp) * 1_000 + times.slot - Date.now();
  const timer = setTimeout(stopped.fire, Math.min(Math.max(times.slot, untilSlotEnds), 2 ** 31 - 1));
  timer.unref();

  function seal(from: Draft): void {
    const begun = performance.now();
    best = from.seal();
    isFresh = true;
    sealed = { at: performance.now(), cost: performance.now() - begun };
  }
  async function improve(): Promise<void> {
    let current = draft;
    let begun = performance.now();
    while (current && !stopped.isFired()) {
      const news = new Promise<void>((resolve) => (wake = resolve));
      const isAnew = current.isOutbid() && performance.now() - begun >= times.anew;
      const next = isAnew ? builder.begin(parent, attributes) : current;
      await next.fill(stopped.isFired);
      // A new one that is not finished yet may hold less than the old one.
      if (isAnew && stopped.isFired()) break;
      if (isAnew) begun = performance.now();
      [current, draft, isFresh] = [next, next, false];
      filled.fire();
      // Ending a block takes time of the whole node: beforehand, but for at most a fifth of it.
      const isDue = performance.now() - sealed.at >= 4 * sealed.cost;
      if (isDue && !stopped.isFired()) seal(next);
      await Promise.race([news, stopped.fired, pause(next.isOutbid() ? times.anew : Infinity)]);
      await Promise.race([stopped.fired, pause(times.gather)]);
    }
  }
  const ended = improve()
    .catch(onFault)
    .finally(() => {
      clearTimeout(timer);
      unsubscribe();
      filled.fire();
    });
  return {
    stop: stopped.fire,
    ended,
    isResting: () => stopped.isFired() && !isTaken,
    async take(patience) {
      isTaken = true;
      await Promise.race([filled.fired, pause(patience)]);
      stopped.fire();
      // What runs now ends after one transaction; if even that takes too long, what was ready before has to do.
      const isEnded = await Promise.race([ended.then(() => true), pause(patience / 2).then(() => false)]);
      if (isEnded && draft) {
        const last = draft;
        draft = undefined;
        try {
          if (!isFresh) seal(last);
        } catch (error) {
          // Its parent's state was let go meanwhile; what was ready before still stands.
          onFault(error);
        }
      }
      return best;
    },
  };
}

interface Signal {
  readonly fired: Promise<void>;
  readonly fire: () => void;
  readonly isFired: () => boolean;
}

function signal(): Signal {
  let isFired = false;
  let resolve = (): void => undefined;
  const fired = new Promise<void>((done) => (resolve = done));
  return {
    fired,
    fire() {
      isFired = true;
      resolve();
    },
    isFired: () => isFired,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (Number.isFinite(ms)) setTimeout(resolve, ms).unref();
  });
}
