import {
  checkAgainstState,
  completeDrafts,
  draftTransaction,
  openRules,
  poolView,
  txidOfDraft,
  type Rules,
} from "@sero/execution";
import { bytesToBigInt, currentRootSlot, POOL_ADDRESS, type ChainSpec, type SeroError } from "@sero/protocol";
import { DEFAULT_POOL, openMempool, type Mempool, type PoolRules, type PoolSettings } from "../../src/index.js";
import { testSpec } from "./node.js";
import { fakePayment, type FakePayment, type FakePaymentInput } from "./payment.js";
import { acceptAllVerifier, type TestVerifier } from "./verifier.js";

/** A pool on the state after genesis, without a node around it. */
export interface PoolBench {
  readonly spec: ChainSpec;
  readonly rules: Rules;
  readonly poolRules: PoolRules;
  pay(seed: number, more?: Partial<FakePaymentInput>): FakePayment;
  open(settings?: Partial<PoolSettings>, verifier?: TestVerifier): Mempool & { readonly verifier: TestVerifier };
}

/** Opens the rules that many pools of a test share. */
export async function openPoolBench(overrides: Partial<PoolRules> = {}): Promise<PoolBench> {
  const spec = testSpec();
  const rules = await openRules({ spec, verifier: acceptAllVerifier() });
  const view = poolView(rules.genesis.state);
  const time = spec.genesisTime + 1n;
  const poolRules: PoolRules = {
    draft: (bytes) => draftTransaction(rules, bytes, time),
    complete: (drafts) => completeDrafts(rules, drafts),
    txidOf: txidOfDraft,
    isSteady: () => true,
    nextNumber: () => 1n,
    rulesNow: () => rules.at(time),
    checkState: (draft) => checkAgainstState(draft, view, { number: 1n, timestamp: time }),
    isMined: () => false,
    ...overrides,
  };
  const anchor = bytesToBigInt(rules.genesis.state.storage(POOL_ADDRESS, currentRootSlot()));
  return {
    spec,
    rules,
    poolRules,
    pay: (seed, more = {}) =>
      fakePayment({ spec, context: rules.at(time).bindContext, anchor, expiry: 200n, seed, ...more }),
    open: (settings = {}, verifier = acceptAllVerifier()) =>
      Object.assign(openMempool(poolRules, verifier, { ...DEFAULT_POOL, ...settings }), { verifier }),
  };
}

/** How often each outcome came: "in", or the code of the refusal. */
export async function tally(attempts: readonly Promise<unknown>[]): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const result of await Promise.allSettled(attempts)) {
    const key = result.status === "rejected" ? (result.reason as SeroError).code : "in";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
