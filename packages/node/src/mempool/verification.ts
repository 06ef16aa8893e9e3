import { randomInt } from "node:crypto";
import type { BundleVerifier } from "@sero/circuits";
import type { CheckedTransaction, TransactionDraft } from "@sero/execution";
import { SeroError, toHex, valid, type Validity } from "@sero/protocol";
import { openLanes, type Batch, type LaneItem } from "./lanes.js";
import { busy, falseProof, stopped, tooManyBad, verifierFailed } from "./errors.js";
import type { PoolRules } from "./rules.js";
import type { PoolSettings } from "./settings.js";
import type { Sources } from "./sources.js";
import type { Standing } from "./standing.js";

/** What waits for its keys, signatures and proofs to be checked. */
export interface Candidate {
  readonly source: string;
  readonly draft: TransactionDraft;
  /** Hex keccak256 of the bytes. */
  readonly bytesHash: string;
  /**
   * Asked when its turn comes, before anything is spent on it: what is known of it by now, if nothing is left to verify.
   *
   * @throws SeroError why it is refused by now
   */
  readonly look: () => Standing | undefined;
  /** Told when a key, signature or proof is false, before the promise is rejected. */
  readonly onFalse: (error: SeroError) => void;
}

/** A bounded queue in front of the verifier, fair between sources. */
export interface VerificationQueue {
  /**
   * @returns `new` once its proofs are found good, or what `look` returned
   * @throws SeroError `pool/busy`, `pool/too-many-bad`, `pool/verifier`, `pool/stopped`; what `look` throws; what is false about it
   */
  check(candidate: Candidate): Promise<Standing>;
  readonly length: number;
  readonly bytes: number;
  /** Something waits or is under way. */
  readonly isBusy: boolean;
  /** Rejects what waits and what is under way. */
  close(): Promise<void>;
}

interface Waiting extends Candidate, LaneItem {
  readonly settle: (standing: Standing) => void;
  readonly abandon: (error: SeroError) => void;
}

type Completed = Waiting & { readonly checked: CheckedTransaction };

/** Opens a queue, empty. `sources` is told what was good; what was false, `onFalse` of the candidate tells. */
export function openVerificationQueue(
  verifier: BundleVerifier,
  rules: Pick<PoolRules, "complete">,
  sources: Sources,
  settings: PoolSettings,
): VerificationQueue {
  const lanes = openLanes<Waiting>(sources, {
    maxItems: settings.maxQueued,
    maxBytes: settings.maxQueuedBytes,
    share: settings.queueShare,
    batch: settings.batch,
  });
  const controller = new AbortController();
  const running = new Set<Promise<void>>();
  /** The same bytes from others, while they are being verified: once is enough. */
  const underWay = new Map<string, Waiting[]>();
  let isWaking = false;
  /** How many of those in line came before the last tick: they may go, however few they are. */
  let due = 0;
  let ticking: NodeJS.Timeout | undefined;
  const phase = settings.gatherMs > 0 ? randomInt(settings.gatherMs) : 0;

  /** Few wait for others: a batch of eight costs the verifier what one and a half alone do. */
  const isWorthABatch = (): boolean => lanes.length >= settings.gather;
  const mayGo = (): boolean => due > 0 || settings.gatherMs === 0;

  /** In a turn of its own: what comes in one go is verified together. */
  function wake(): void {
    if (!isWorthABatch() && !mayGo()) return awaitTick();
    if (isWaking) return;
    isWaking = true;
    queueMicrotask(() => {
      isWaking = false;
      pump();
    });
  }

  /** Ticks keep a time of their own. If they followed what was verified, how long one waits would tell that something was. */
  function awaitTick(): void {
    const { gatherMs } = settings;
    ticking ??= setTimeout(tick, gatherMs - ((settings.now() + phase) % gatherMs));
  }

  function tick(): void {
    ticking = undefined;
    due = lanes.length;
    pump();
  }

  function pump(): void {
    while (!controller.signal.aborted && running.size < settings.parallel) {
      due = Math.min(due, lanes.length);
      if (!isWorthABatch()) {
        // A second thread is for many only: while a batch is under way few do better to wait for its end.
        if (running.size > 0) return;
        if (!mayGo()) return lanes.length > 0 ? awaitTick() : undefined;
      }
      const batch = lanes.take();
      if (!batch) return;
      due = Math.max(0, due - batch.items.length);
      const work: Promise<void> = run(batch).finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
  }

  async function run(batch: Batch<Waiting>): Promise<void> {
    let falseBundles = 0;
    try {
      const items = complete(batch.items.filter(isToVerify));
      // What this node's users sent is answered at once; the rest takes no time from what blocks wait for.
      falseBundles = await verify(items, batch.rank !== "own");
    } finally {
      lanes.done(batch, falseBundles);
    }
  }

  function isToVerify(item: Waiting): boolean {
    if (sources.isRefused(item.source)) {
      item.abandon(tooManyBad());
      return false;
    }
    const same = underWay.get(item.bytesHash);
    if (same) {
      same.push(item);
      return false;
    }
    try {
      const standing = item.look();
      if (!standing) {
        underWay.set(item.bytesHash, []);
        return true;
      }
      item.settle(standing);
    } catch (error) {
      item.abandon(error instanceof SeroError ? error : verifierFailed(error));
    }
    return false;
  }

  /** Answers all who sent these bytes. Whoever passes on what is false has not checked it. */
  function finish(item: Waiting, verdict: Validity<CheckedTransaction>, isFault = false): void {
    const others = underWay.get(item.bytesHash) ?? [];
    underWay.delete(item.bytesHash);
    for (const each of [item, ...others]) {
      if (verdict.ok) {
        each.settle({ is: "new", checked: verdict.value, bytesHash: item.bytesHash });
        continue;
      }
      if (!isFault) each.onFalse(verdict.error);
      each.abandon(verdict.error);
    }
  }

  /** Keys and identities of all at once, on this thread: tens of microseconds each. */
  function complete(items: readonly Waiting[]): Completed[] {
    let verdicts: readonly Validity<CheckedTransaction>[];
    try {
      verdicts = rules.complete(items.map(({ draft }) => draft));
    } catch (error) {
      // A fault of this program, which nobody's bytes must turn into the end of the process, or into callers that wait for ever.
      for (const item of items) finish(item, { ok: false, error: verifierFailed(error) }, true);
      return [];
    }
    return items.flatMap((item, i) => {
      const verdict = verdicts[i]!;
      if (verdict.ok) return [{ ...item, checked: verdict.value }];
      finish(item, verdict);
      return [];
    });
  }

  /** @returns how many bundles were in false transactions */
  async function verify(batch: readonly Completed[], background: boolean): Promise<number> {
    if (batch.length === 0) return 0;
    let verdicts: readonly boolean[];
    try {
      verdicts = await verifier.check(
        batch.flatMap(({ checked }) => checked.checks),
        { signal: controller.signal, background },
      );
    } catch (error) {
      const failed = controller.signal.aborted ? stopped() : verifierFailed(error);
      for (const item of batch) finish(item, { ok: false, error: failed }, true);
      return 0;
    }
    let [at, falseBundles] = [0, 0];
    for (const item of batch) {
      const { checks, txid } = item.checked;
      const isGood = checks.every((_, i) => verdicts[at + i] === true);
      at += checks.length;
      if (isGood) sources.praise(item.source, checks.length);
      else falseBundles += checks.length;
      finish(item, isGood ? valid(item.checked) : { ok: false, error: falseProof(toHex(txid)) });
    }
    return falseBundles;
  }

  return {
    get length() {
      return lanes.length;
    },
    get bytes() {
      return lanes.bytes;
    },
    get isBusy() {
      return lanes.length > 0 || running.size > 0;
    },
    check(candidate) {
      return new Promise((settle, abandon) => {
        if (controller.signal.aborted) return abandon(stopped());
        const { draft } = candidate;
        const item = { ...candidate, size: draft.bytes.length, bundles: draft.tx.bundles.length, settle, abandon };
        const { isIn, dropped } = lanes.add(item);
        for (const other of dropped) other.abandon(busy(lanes.length));
        if (!isIn) return abandon(busy(lanes.length));
        wake();
      });
    },
    async close() {
      controller.abort();
      clearTimeout(ticking);
      for (const item of lanes.clear()) item.abandon(stopped());
      await Promise.all(running);
    },
  };
}
