import {
  COIN,
  concatBytes,
  fieldToBytes,
  walletExpiry,
  type Call,
  type CallPhase,
  type EthAddress,
  type Inner,
} from "@sero/protocol";
import {
  draftedPackages,
  memoChunkCount,
  repeatableSource,
  shapeGas,
  type ArrangedBundle,
  type DraftedPackage,
  type RandomSource,
  type Shape,
} from "../build/index.js";
import { scannedBlock } from "../scan/index.js";
import { describer } from "../wallet/prepare.js";
import { planCall, type FeeOf, type PlannedTransaction } from "../select/index.js";
import type { SimulatedReturn } from "../rpc/index.js";
import type { OwnedNote } from "../types.js";
import { arrange } from "./arrange.js";
import type { Bringing } from "./assets.js";
import { callsFor, pseudonymFor, type CallJob } from "./job.js";
import { innersOf, withInners } from "./returns.js";
import type { CallSpec } from "./types.js";

/** What a transaction is planned for; settled step by step by simulating. */
export interface Guess {
  readonly assets: readonly Bringing[];
  /** Coin brought besides gas and the calls' values. */
  readonly coin: bigint;
  readonly gasLimit: bigint;
  readonly returns: readonly SimulatedReturn[];
  /** As last written: their bytes are part of the fee. */
  readonly calls: readonly Call[];
}

/** A plan for a guess, with the pseudonym that follows from it and the calls as written for it. */
export interface Fit {
  readonly plan: PlannedTransaction<OwnedNote>;
  readonly bundles: readonly ArrangedBundle[];
  readonly pseudonym: EthAddress;
  readonly secretKey: Uint8Array;
  readonly calls: readonly Call[];
  readonly specs: readonly CallSpec[];
  readonly shape: Shape;
  /** In the order of the request's. Empty without calls. */
  readonly packages: readonly DraftedPackage[];
}

const NO_ONE = new Uint8Array(20) as EthAddress;

/** Values of all calls. */
export const valuesOf = (calls: readonly Call[]): bigint => calls.reduce((sum, { value }) => sum + value, 0n);

/** Coin that the phase brings: gas, the calls' values, and what was asked for besides. */
export const depositOf = (job: CallJob, guess: Guess): bigint =>
  job.hasPhase && !job.isSelfPaid ? guess.gasLimit * job.price + valuesOf(guess.calls) + guess.coin : 0n;

function phaseShape(guess: Guess): Omit<CallPhase, "signature"> {
  return {
    pseudonym: NO_ONE,
    nonce: 0n,
    gasLimit: guess.gasLimit,
    calls: guess.calls,
    returns: guess.returns.map((entry) => ({
      ...entry,
      inners: Array.from({ length: innersOf(entry) }, () => 0n as Inner),
    })),
  };
}

/** What gas and size of the transaction depend on, but for the number of bundles. */
const shapeFor = (job: CallJob, guess: Guess, ids: ReadonlySet<number>): Omit<Shape, "bundles"> => ({
  memoChunks: memoChunkCount(job.recipients, ids, job.memoToSelf),
  priceStep: job.priceStep,
  expiry: walletExpiry(scannedBlock(job.context.state)),
  call: job.hasPhase ? phaseShape(guess) : undefined,
  packages: job.packages,
});

/** Plans notes for a guess. Bundles of `before` keep their inputs where the notes are the same. Throws funds/*. */
export function fit(job: CallJob, guess: Guess, before: readonly ArrangedBundle[]): Fit {
  const feeOf: FeeOf = (bundles, ids) => shapeGas(job.spec, { ...shapeFor(job, guess, ids), bundles }) * job.price;
  const needs = {
    coin: depositOf(job, guess),
    assets: guess.assets.map(({ asset, amount }) => ({ asset, amount })),
  };
  const options = {
    pending: job.pending,
    describe: describer(job.context),
    ...(job.must === undefined ? {} : { must: job.must }),
  };
  const plan = job.isSelfPaid
    ? selfPaidPlan(feeOf(1, new Set()))
    : planCall(job.notes, needs, job.demands, feeOf, options);
  const bundles = arrange(job.keys, plan, before, job.taken);
  const ids = new Set(job.demands.map(({ id }) => id));
  const shape: Shape = {
    ...shapeFor(job, guess, ids),
    bundles: bundles.length,
    coin: job.isSelfPaid ? 0n : plan.fee + plan.deposit,
    unshields: plan.bundles.flatMap(({ unshield }) => (unshield === undefined ? [] : [unshield])),
  };
  const nf0 = bundles[0]?.inputs[0].nullifier;
  if (!job.hasPhase || nf0 === undefined)
    return {
      plan,
      bundles,
      pseudonym: NO_ONE,
      secretKey: new Uint8Array(0),
      calls: [],
      specs: [],
      shape,
      packages: [],
    };
  const pseudonym = pseudonymFor(job, nf0);
  const packages = packagesIn(job, plan, bundles);
  const { calls, specs } = callsFor(job, pseudonym, nf0, packages);
  return { plan, bundles, pseudonym: pseudonym.address, secretKey: pseudonym.secretKey, calls, specs, shape, packages };
}

/**
 * One bundle of dummies, which takes nothing out of the pool. Its change is worth nothing: by it a scan knows the transaction as ours, and finds
 * what comes back, the slots that it hands out and the memo to ourselves (`applyBlock`).
 */
const selfPaidPlan = (fee: bigint): PlannedTransaction<OwnedNote> => ({
  bundles: [{ inputs: [], parts: [], change: [{ asset: COIN, amount: 0n }], fee: 0n, unshield: undefined }],
  fee,
  deposit: 0n,
});

/** The packages as they will be drawn when the transaction is signed: from the same secret and nf[0]. */
function packagesIn(
  job: CallJob,
  plan: PlannedTransaction<OwnedNote>,
  bundles: readonly ArrangedBundle[],
): DraftedPackage[] {
  const { secret } = job;
  const random = secret === undefined ? undefined : sourceFor(secret, bundles);
  if (random === undefined) return [];
  const { chain } = job.context.secret;
  return draftedPackages(
    {
      keys: job.keys,
      spec: chain.spec,
      context: { genesisHash: chain.genesisHash, rulesId: new Uint8Array(32) },
      plan,
      bundles,
      recipients: job.recipients,
      memosOf: new Set(job.recipients.keys()),
      expiry: 0n,
      priceStep: job.priceStep,
      packages: job.packages,
      memoToSelf: job.memoToSelf,
    },
    random,
  );
}

/** The randomness of a transaction's outputs, the same whenever they are drawn. */
export const sourceFor = (secret: Uint8Array, bundles: readonly ArrangedBundle[]): RandomSource =>
  repeatableSource(concatBytes(secret, fieldToBytes(bundles[0]?.inputs[0].nullifier ?? 0n)));

/** The phase of a settled guess, its returns with their inners. */
export function phaseOf(job: CallJob, guess: Guess, fitted: Fit, nonce: bigint): Omit<CallPhase, "signature"> {
  const nf0 = fitted.bundles[0]?.inputs[0].nullifier;
  return {
    pseudonym: fitted.pseudonym,
    nonce,
    gasLimit: guess.gasLimit,
    calls: fitted.calls,
    returns: nf0 === undefined ? [] : withInners(guess.returns, job.keys, nf0),
  };
}
