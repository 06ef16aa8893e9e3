import type { LoadNetwork } from "./network.js";
import type { Sampler, Used } from "./sampler.js";
import { sendEvenly } from "./send.js";
import { quantile } from "./statistics.js";
import type { Stock, Stocked } from "./stock.js";
import type { Watch } from "./watch.js";

/** What a trial runs on. */
export interface Bench {
  readonly network: LoadNetwork;
  readonly watch: Watch;
  readonly sampler: Sampler;
  readonly stock: Stock;
  readonly signal: AbortSignal;
  /** Says what is done now, and how many seconds of it are left. */
  readonly say: (doing: string, secondsLeft: number) => void;
}

/** What came of sending at one rate. */
export interface TrialResult {
  readonly perSecond: number;
  readonly seconds: number;
  readonly sent: number;
  /** By reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** In a canonical block of every node when the time to drain was over. */
  readonly mined: number;
  /** Nothing was refused and everything was mined in time. */
  readonly held: boolean;
  /** Milliseconds from sending to being in the canonical chains of all nodes, of those that were. */
  readonly wait: { readonly p50: number; readonly p95: number; readonly max: number };
  /**
   * How much longer (median, milliseconds) the last third of the payments waited than the first. A short trial above what the nodes can do gets all
   * of its payments into blocks too, but each later than the one before.
   */
  readonly growth: number;
  /** Milliseconds until eth_sendRawTransaction answered. */
  readonly answer: { readonly p50: number; readonly p95: number; readonly max: number };
  /** Slots in that time that brought no block. */
  readonly emptySlots: number;
  readonly used: Used;
  readonly txids: readonly string[];
}

/** Seconds after the last payment was sent in which all must be in blocks. */
export const DRAIN_SECONDS = 20;

/** Payments made now are good for this many blocks: the protocol's most is 512. */
const GOOD_FOR = 480n;

/** Makes payments for now. */
export async function prepare(bench: Bench, count: number, lie?: "proof"): Promise<Stocked[]> {
  const head = Math.max(0, ...bench.watch.heads());
  const begun = performance.now();
  return bench.stock.make({ count, anchor: undefined, expiry: (BigInt(head) + GOOD_FOR).toString(), lie }, (made) => {
    const spent = (performance.now() - begun) / 1000;
    bench.say(`forging payments (${made} of ${count})`, (spent / made) * (count - made));
  });
}

/** Sends at an even rate to all nodes in turn and waits until all is in blocks or the time to drain is over. */
export async function runTrial(bench: Bench, payments: readonly Stocked[], perSecond: number): Promise<TrialResult> {
  const { network, watch, sampler, signal, say } = bench;
  const seconds = payments.length / perSecond;
  const ended = sampler.begin();
  const firstHead = Math.min(...watch.heads());
  const begun = performance.now();
  const sent = await sendEvenly({
    payments,
    perSecond,
    ports: network.places.map(({ ports }) => ports.rpc),
    signal,
    onProgress: (count) =>
      say(
        `${Math.round(perSecond)} payments/s (${count} of ${payments.length} sent)`,
        (payments.length - count) / perSecond,
      ),
  });
  const txids = [...sent.at.keys()];
  const waiting = (): number => txids.filter((txid) => watch.minedEverywhere(txid) === undefined).length;
  const refusedCount = [...sent.refused.values()].reduce((sum, count) => sum + count, 0);
  const end = begun + (seconds + DRAIN_SECONDS) * 1000;
  while (!signal.aborted && performance.now() < end && waiting() > refusedCount) {
    say(`${waiting()} payments wait for blocks`, (end - performance.now()) / 1000);
    await pause(200);
  }
  const slots = (performance.now() - begun) / 1000 / network.spec.slotSeconds;
  const used = ended();
  const waitsOf = (some: readonly string[]): number[] =>
    some.flatMap((txid) => {
      const [mined, at] = [watch.minedEverywhere(txid), sent.at.get(txid)];
      return mined === undefined || at === undefined ? [] : [mined - at];
    });
  const waits = waitsOf(txids);
  const third = Math.floor(txids.length / 3);
  return {
    perSecond,
    seconds,
    sent: txids.length,
    refused: Object.fromEntries(sent.refused),
    mined: waits.length,
    held: refusedCount === 0 && waits.length === payments.length,
    wait: spread(waits),
    growth: quantile(waitsOf(txids.slice(-third)), 0.5) - quantile(waitsOf(txids.slice(0, third)), 0.5),
    answer: spread(sent.answerMs),
    emptySlots: Math.max(0, Math.round(slots - (Math.min(...watch.heads()) - firstHead))),
    used,
    txids,
  };
}

/** Waits until nothing that was sent is still on its way, or a minute is over. */
export async function settle(bench: Bench, { txids, refused }: TrialResult): Promise<void> {
  const { watch, signal, say } = bench;
  const gone = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const end = performance.now() + 60_000;
  while (!signal.aborted && performance.now() < end) {
    const waiting = txids.filter((txid) => watch.minedEverywhere(txid) === undefined).length;
    if (waiting <= gone) return;
    say(`${waiting} payments of the last trial are still waiting`, (end - performance.now()) / 1000);
    await pause(500);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const spread = (numbers: readonly number[]): TrialResult["wait"] => ({
  p50: quantile(numbers, 0.5),
  p95: quantile(numbers, 0.95),
  max: quantile(numbers, 1),
});
