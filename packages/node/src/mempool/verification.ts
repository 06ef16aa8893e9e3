import type { BundleCheck, BundleVerifier } from "@sero/circuits";
import { SeroError } from "@sero/protocol";
import type { FailureBudget } from "./budget.js";

/** What waits for its proofs and signatures to be checked. */
export interface VerificationItem {
  readonly source: string;
  readonly checks: readonly BundleCheck[];
  /** Size of the transaction, bytes. */
  readonly size: number;
  /** Asked just before checking: false when the answer is no longer wanted, because another copy got in meanwhile. */
  readonly isWanted: () => boolean;
}

/** What came of it; `unwanted`: nothing was checked. */
export type Verdict = "good" | "bad" | "unwanted";

/** Bounds of the queue. */
export interface VerificationLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** Bundles given to the verifier at a time. */
  readonly batch: number;
}

/** A bounded queue in front of the verifier. */
export interface VerificationQueue {
  /**
   * @throws SeroError `pool/busy` when the queue is full, `pool/too-many-bad` when the source has used up its attempts, `pool/stopped`
   */
  check(item: VerificationItem): Promise<Verdict>;
  readonly length: number;
  close(): Promise<void>;
}

interface Waiting extends VerificationItem {
  readonly settle: (verdict: Verdict) => void;
  readonly abandon: (error: SeroError) => void;
}

/**
 * Opens a queue. Items of sources without failures go first and in batches; those of a suspect source go last and alone, so that its
 * false proofs cannot make a batch fail that holds others' good ones.
 */
export function openVerificationQueue(
  verifier: BundleVerifier,
  budget: FailureBudget,
  limits: VerificationLimits,
): VerificationQueue {
  const clean: Waiting[] = [];
  const suspect: Waiting[] = [];
  let bytes = 0;
  let running = Promise.resolve();
  let isRunning = false;
  let isClosed = false;

  function nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let bundles = 0;
    while (clean.length > 0 && bundles < limits.batch) {
      const item = clean.shift();
      if (!item) break;
      if (budget.isSuspect(item.source)) {
        suspect.push(item);
        continue;
      }
      batch.push(item);
      bundles += item.checks.length;
    }
    if (batch.length === 0) {
      const item = suspect.shift();
      if (item) batch.push(item);
    }
    for (const item of batch) bytes -= item.size;
    return batch;
  }

  async function run(): Promise<void> {
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      const wanted: Waiting[] = [];
      for (const item of batch) {
        if (isClosed) item.abandon(stopped());
        else if (!item.isWanted()) item.settle("unwanted");
        else if (budget.isExhausted(item.source)) item.abandon(tooManyBad());
        else wanted.push(item);
      }
      if (wanted.length > 0) await checkBatch(wanted);
    }
    // In the same turn in which the queue was found empty: what comes later starts it again.
    isRunning = false;
  }

  async function checkBatch(batch: readonly Waiting[]): Promise<void> {
    let verdicts: readonly boolean[];
    try {
      verdicts = await verifier.check(batch.flatMap((item) => item.checks));
    } catch (error) {
      const failed = new SeroError(
        "pool/verifier",
        "The proofs could not be checked just now. Send the transaction again.",
        {},
        { cause: error },
      );
      for (const item of batch) item.abandon(failed);
      return;
    }
    let at = 0;
    for (const item of batch) {
      const good = item.checks.every((_, i) => verdicts[at + i] === true);
      at += item.checks.length;
      if (!good) budget.fail(item.source);
      item.settle(good ? "good" : "bad");
    }
  }

  return {
    get length() {
      return clean.length + suspect.length;
    },
    check(item) {
      if (isClosed) return Promise.reject(stopped());
      if (budget.isExhausted(item.source)) return Promise.reject(tooManyBad());
      if (clean.length + suspect.length >= limits.maxItems || bytes + item.size > limits.maxBytes) {
        return Promise.reject(
          new SeroError("pool/busy", "The node is checking as many transactions as it can. Try again in a moment.", {
            waiting: clean.length + suspect.length,
          }),
        );
      }
      bytes += item.size;
      return new Promise<Verdict>((settle, abandon) => {
        (budget.isSuspect(item.source) ? suspect : clean).push({ ...item, settle, abandon });
        if (isRunning) return;
        isRunning = true;
        running = run();
      });
    },
    async close() {
      isClosed = true;
      await running;
    },
  };
}

function stopped(): SeroError {
  return new SeroError("pool/stopped", "The node is stopping. Send the transaction again when it runs.");
}

function tooManyBad(): SeroError {
  return new SeroError(
    "pool/too-many-bad",
    "Too many transactions with false proofs came from here. Wait a minute before sending another.",
  );
}
