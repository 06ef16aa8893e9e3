import type { LoadOptions } from "./options.js";
import { nextRate, type SearchState } from "./search.js";
import { prepare, runTrial, settle, type Bench, type TrialResult } from "./trial.js";

/** The highest rate that was held, and how it was found. */
export interface SteadyResult {
  /** Each trial's rate, in order, and whether it was held. */
  readonly trials: readonly { readonly perSecond: number; readonly held: boolean }[];
  /** The run that counts; undefined when no rate was held. */
  readonly run: TrialResult | undefined;
}

/** Milliseconds by which the wait may grow within a trial that counts as held: two slots without a block happen. */
const MAX_GROWTH = 4000;

/**
 * Milliseconds that 95 % of the payments of such a trial may wait at most: five slots. Queues, and what nodes allow each other to send at once, hide
 * for half a minute what they do not hold for three.
 */
const MAX_WAIT = 10_000;

/** What is tried next when a long run fails at a rate that short trials held. */
const BACK_OFF = 0.85;

/** Gas that a payment of one bundle with a memo takes. */
const PAYMENT_GAS = 25_000n;

/** Payments a second that blocks of full gas in every slot hold. */
export const gasCeiling = (gasLimit: bigint, slotSeconds: number): number =>
  Number(gasLimit / PAYMENT_GAS) / slotSeconds;

/**
 * Finds the highest rate by short trials, then holds it for as long as was asked; what fails in the long run is tried again a tenth lower.
 * Every payment of the run must be in a block that all nodes agree on.
 */
export async function findSteady(
  bench: Bench,
  options: LoadOptions,
  note: (text: string) => void,
): Promise<SteadyResult> {
  const { gasLimit, slotSeconds } = bench.network.spec;
  const ceiling = Math.floor(gasCeiling(gasLimit, slotSeconds));
  const trials: { perSecond: number; held: boolean }[] = [];
  let rate = options.rate;
  if (rate === undefined) {
    let state: SearchState = { held: 0, failed: undefined };
    for (;;) {
      const perSecond = nextRate(state, options.firstRate, ceiling);
      if (perSecond === undefined || bench.signal.aborted) break;
      const result = await attempt(bench, perSecond, options.trialSeconds, note);
      const held = result.held && result.growth <= MAX_GROWTH && result.wait.p95 <= MAX_WAIT;
      trials.push({ perSecond, held });
      state = held ? { ...state, held: perSecond } : { ...state, failed: perSecond };
      await settle(bench, result);
    }
    rate = state.held;
  }
  while (rate >= 1 && !bench.signal.aborted) {
    const run = await attempt(bench, rate, options.seconds, note);
    trials.push({ perSecond: rate, held: run.held });
    if (run.held || options.rate !== undefined) return { trials, run };
    await settle(bench, run);
    rate = Math.floor(rate * BACK_OFF);
  }
  return { trials, run: undefined };
}

async function attempt(
  bench: Bench,
  perSecond: number,
  seconds: number,
  note: (text: string) => void,
): Promise<TrialResult> {
  const payments = await prepare(bench, Math.round(perSecond * seconds));
  const result = await runTrial(bench, payments, perSecond);
  note(describe(result));
  return result;
}

/** A trial in a few lines. */
export function describe(result: TrialResult): string {
  const { perSecond, seconds, sent, mined, held, wait, answer, refused, emptySlots, used } = result;
  const programs = Object.entries(used.cores)
    .map(([name, { all, main }]) => `${name} ${all.toFixed(2)} (main ${main.toFixed(2)})`)
    .join(", ");
  const reasons = Object.entries(refused).map(([reason, count]) => `\n    refused ${count}: ${reason}`);
  return (
    `${perSecond}/s for ${Math.round(seconds)} s: ${held ? "held" : "NOT held"}; ${mined} of ${sent} in blocks, wait p50 ${seconds1(wait.p50)} ` +
    `p95 ${seconds1(wait.p95)} most ${seconds1(wait.max)} grew ${seconds1(result.growth)}, answer p50 ${Math.round(answer.p50)} p95 ${Math.round(answer.p95)} ms, ` +
    `${emptySlots} empty slots${reasons.join("")}\n    cores: ${programs}; machine ${used.machineCores.toFixed(2)}`
  );
}

const seconds1 = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
