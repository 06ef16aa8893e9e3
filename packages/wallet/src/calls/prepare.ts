import { MAX_TRANSACTION_BYTES, SeroError, toHex, walletExpiry, type Call, type TxId } from "@sero/protocol";
import type { ArrangedBundle, DraftCall, DraftPackage, Recipient } from "../build/index.js";
import type { OutboxPayment } from "../outbox/index.js";
import type { SimulateReport, SimulatedReturn } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { checkChain, type WalletContext } from "../wallet/context.js";
import { checkPlan } from "../wallet/replace.js";
import { bringingOf, type Bringing } from "./assets.js";
import type { Moves } from "./events.js";
import { fit, phaseOf, valuesOf, type Fit, type Guess } from "./fit.js";
import { openJob, type CallJob } from "./job.js";
import { NO_MOVES, lookForNeeds, movesIn, refusedToken, simulate, withoutToken } from "./look.js";
import { failureOf } from "./reason.js";
import { callReport } from "./report.js";
import { returnEntries, sameReturns } from "./returns.js";
import type { CallReport, CallRequest } from "./types.js";

/** A transaction planned to the last note and tried out, with the report to show before `sendCall`. Nothing is signed or reserved yet. Secret. */
export interface PreparedCall {
  readonly report: CallReport;
  readonly account: number;
  readonly priceStep: number;
  readonly expiry: bigint;
  readonly plan: PlannedTransaction<OwnedNote>;
  readonly bundles: readonly ArrangedBundle[];
  readonly recipients: readonly Recipient[];
  readonly payments: readonly OutboxPayment[];
  readonly packages: readonly DraftPackage[];
  readonly call: DraftCall | undefined;
  readonly memoToSelf: string | undefined;
  readonly replaces: TxId | undefined;
  /** What the outputs are drawn from, when calls know of packages among them. */
  readonly secret: Uint8Array | undefined;
}

/** Most times that plan and simulation are held against each other. */
const MAX_ROUNDS = 16;
/** Gas to plan with before the first simulation has told. */
const FIRST_GAS = 300_000n;

const COIN_ENTRY: SimulatedReturn = { kind: "coin", token: undefined, id: 0n, leave: false };

/** A simulation, and what it was of. */
interface Trial {
  readonly key: string;
  readonly report: SimulateReport;
  readonly moves: Moves;
}

/**
 * Gas limit for what a simulation needed: 20 % more, since the chain may have moved on by then, rounded up to 10,000, so that it tells little
 * about the simulation. `most`: what a block has room for.
 */
export function gasLimitFor(needed: bigint, most: bigint): bigint {
  const wanted = ((needed * 6n) / 5n / 10_000n + 1n) * 10_000n;
  return wanted < most ? wanted : most;
}

/**
 * Plans calls: chooses notes, and so the pseudonym; tries the calls out on the node with what they bring; fills in gas limit and `returns` from
 * what was seen; until nothing changes any more. Throws call/would-fail (unless `force`), call/*, funds/*, pseudonym/*, wallet/*, rpc/*.
 */
export async function prepareCall(context: WalletContext, request: CallRequest): Promise<PreparedCall> {
  const job = openJob(context, request);
  await checkChain(context);
  const isInferred = !job.isSelfPaid && (request.bring === undefined || request.bring === "infer");
  const { coin, assets } = bringingOf(
    context,
    request.bring === undefined || request.bring === "infer" ? [] : request.bring,
  );
  let guess: Guess = {
    assets,
    coin,
    gasLimit: request.gasLimit ?? FIRST_GAS,
    returns: returnsFor(job, assets, NO_MOVES, [], new Set()),
    calls: [],
  };
  const without = new Set<string>();
  let fitted = fit(job, guess, []);
  checkSize(fitted.calls);
  let trial: Trial | undefined;
  let isLooked = !isInferred;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (!sameCalls(guess.calls, fitted.calls)) {
      guess = { ...guess, calls: fitted.calls };
      fitted = fit(job, guess, fitted.bundles);
      continue;
    }
    const key = keyOf(fitted, guess);
    if (trial?.key === key) return finish(job, guess, fitted, trial);
    if (!isLooked) {
      isLooked = true;
      const found = await lookForNeeds(job, fitted);
      if (found.failed !== undefined && request.force !== true) throw wouldFail(found.failed, fitted);
      guess = {
        ...guess,
        assets: found.assets,
        // Tried again with the rest: an event is a contract's word.
        returns: returnsFor(job, found.assets, found.moves, fitted.calls, without),
      };
    } else {
      const report = await simulate(job, fitted, guess.assets, guess.returns, guess.coin);
      const moves = movesIn(report, fitted);
      const refused = await refusedToken(job, fitted, guess, report);
      if (refused !== undefined) {
        without.add(refused);
        guess = { ...guess, returns: withoutToken(guess, refused) };
      } else {
        if (!report.ok && request.force !== true) throw wouldFail(report, fitted);
        // A failing phase's events were taken back with it, so its entries stay as they are.
        const returns = report.ok ? returnsFor(job, guess.assets, moves, fitted.calls, without) : guess.returns;
        if (sameReturns(returns, guess.returns)) trial = { key, report, moves };
        guess = { ...guess, gasLimit: gasFor(job, fitted, report, guess.gasLimit), returns };
      }
    }
    fitted = fit(job, guess, fitted.bundles);
  }
  throw new SeroError(
    "call/unsettled",
    "What these calls need changes with every try. Name what to bring and the gas limit, and prepare them again.",
  );
}

/** Before a node is asked, which would not read so much. Throws call/too-large. */
function checkSize(calls: readonly { readonly data?: Uint8Array }[]): void {
  const bytes = calls.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  if (bytes <= MAX_TRANSACTION_BYTES) return;
  throw new SeroError(
    "call/too-large",
    `These calls have ${bytes} bytes of data, and a transaction holds at most ${MAX_TRANSACTION_BYTES}. Send less at a time.`,
    { bytes, most: MAX_TRANSACTION_BYTES },
  );
}

/** Packages without calls. Throws as prepareCall, without simulation. */
export async function preparePackages(
  context: WalletContext,
  request: Omit<CallRequest, "calls">,
): Promise<PreparedCall> {
  const job = openJob(context, { ...request, calls: [] }, false);
  await checkChain(context);
  const guess: Guess = { assets: [], coin: 0n, gasLimit: 0n, returns: [], calls: [] };
  return finish(job, guess, fit(job, guess, []), undefined);
}

async function finish(job: CallJob, guess: Guess, fitted: Fit, trial: Trial | undefined): Promise<PreparedCall> {
  const { context, request } = job;
  checkPlan(context, job.account, request.replaces, [fitted.plan]);
  const nonce = trial === undefined ? 0n : await context.client.nonceOf(fitted.pseudonym);
  if (job.isSelfPaid) await checkOwnCoin(job, guess, fitted);
  const abis = fitted.specs.map(({ abi }) => abi);
  const report = await callReport(job, guess, fitted, {
    report: trial?.report,
    moves: trial?.moves ?? NO_MOVES,
    failure: trial?.report.failure === undefined ? undefined : failureOf(trial.report.failure, abis),
    nonce,
  });
  return {
    report,
    account: job.account,
    priceStep: job.priceStep,
    expiry: walletExpiry(scannedBlock(context.state)),
    plan: fitted.plan,
    bundles: fitted.bundles,
    recipients: job.recipients,
    payments: job.payments,
    packages: job.packages,
    call: job.hasPhase ? { phase: phaseOf(job, guess, fitted, nonce), secretKey: fitted.secretKey } : undefined,
    memoToSelf: job.memoToSelf,
    replaces: request.replaces,
    secret: job.secret,
  };
}

/** Throws pseudonym/poor unless the pseudonym can pay for the most that this may cost. */
async function checkOwnCoin(job: CallJob, guess: Guess, fitted: Fit): Promise<void> {
  const held = await job.context.client.coinOf(fitted.pseudonym);
  const needed = fitted.plan.fee + guess.gasLimit * job.price + valuesOf(fitted.calls);
  if (held < needed)
    throw new SeroError("pseudonym/poor", "There is not enough coin on the pseudonym to pay for this.", {
      held: held.toString(),
      needed: needed.toString(),
    });
}

const returnsFor = (
  job: CallJob,
  assets: readonly Bringing[],
  moves: Moves,
  calls: readonly Call[],
  without: ReadonlySet<string>,
): SimulatedReturn[] =>
  job.hasPhase
    ? returnEntries({
        brought: assets.map(({ publicAsset }) => publicAsset),
        moves,
        expected: job.request.expect ?? [],
        keep: job.request.keep ?? [],
        data: calls.map(({ data }) => data),
        without,
      })
    : [COIN_ENTRY];

/** Throws call/gas if no block has room for it. */
function gasFor(job: CallJob, fitted: Fit, report: SimulateReport, before: bigint): bigint {
  if (job.request.gasLimit !== undefined) return job.request.gasLimit;
  if (!report.ok) return before;
  const most = job.spec.gasLimit - fitted.plan.fee / (job.price === 0n ? 1n : job.price);
  if (report.gasLimit > most)
    throw new SeroError("call/gas", "These calls need more gas than a block has room for. Split them.", {
      gas: report.gasLimit.toString(),
      limit: most.toString(),
    });
  return gasLimitFor(report.gasLimit, most);
}

function wouldFail(report: SimulateReport, fitted: Fit): SeroError {
  const failure =
    report.failure === undefined
      ? undefined
      : failureOf(
          report.failure,
          fitted.specs.map(({ abi }) => abi),
        );
  return new SeroError(
    "call/would-fail",
    `${failure?.reason ?? "The calls fail."} Nothing was sent. If the calls need something of yours that they do not show, name what to bring.`,
    {
      step: failure?.step ?? "other",
      index: failure?.index ?? -1,
      reason: failure?.reason ?? "",
      output: toHex(failure?.output ?? new Uint8Array(0)),
    },
  );
}

const sameCalls = (a: readonly Call[], b: readonly Call[]): boolean =>
  a.length === b.length && callsKey(a) === callsKey(b);

const callsKey = (calls: readonly Call[]): string =>
  calls.map(({ to, value, data }) => `${to === undefined ? "" : toHex(to)} ${value} ${toHex(data)}`).join("|");

/** Everything that a simulation depends on but the gas limit. */
const keyOf = (fitted: Fit, guess: Guess): string =>
  [
    toHex(fitted.pseudonym),
    callsKey(fitted.calls),
    guess.coin,
    guess.assets.map(({ asset, amount }) => `${asset}:${amount}`).join(","),
    JSON.stringify(guess.returns, (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? toHex(value) : value,
    ),
  ].join(" ");
