import { hexDigits, toHex } from "@sero/protocol";
import type { SimulateReport, SimulatedReturn } from "../rpc/index.js";
import { lendable, type Bringing } from "./assets.js";
import { movesOf, type Moves } from "./events.js";
import { valuesOf, type Fit, type Guess } from "./fit.js";
import type { CallJob } from "./job.js";

/** No moves at all. */
export const NO_MOVES: Moves = { tokens: [], tickets: [], foreign: [] };

/** Tries the calls of a fit out with these assets; `returns` undefined: as the node infers them. */
export const simulate = (
  job: Pick<CallJob, "context" | "priceStep" | "isSelfPaid"> & {
    readonly request: { readonly gasLimit?: bigint | undefined };
  },
  fitted: Fit,
  assets: readonly Bringing[],
  returns: readonly SimulatedReturn[] | undefined,
  coin: bigint,
): Promise<SimulateReport> =>
  job.context.client.simulate({
    from: fitted.pseudonym,
    nonce: undefined,
    coin: job.isSelfPaid ? 0n : valuesOf(fitted.calls) + coin,
    assets: assets.map(({ publicAsset, amount }) => ({
      kind: publicAsset.kind,
      token: publicAsset.token,
      id: publicAsset.kind === "ticket" ? publicAsset.id : 0n,
      amount,
    })),
    calls: fitted.calls,
    returns,
    gas: job.request.gasLimit,
    priceStep: job.priceStep,
    packages: fitted.packages,
  });

/** What a simulation moved to and from the pseudonym. */
export const movesIn = (report: SimulateReport, fitted: Fit): Moves =>
  movesOf(
    report.calls.flatMap(({ logs }) => logs),
    fitted.pseudonym,
  );

/**
 * What the calls need, found by lending: nothing at first, then what they name, then all that is held. A lent asset whose contract refuses is left
 * out. `failed`: how the attempt with most lent ended when none succeeded.
 */
export async function lookForNeeds(
  job: CallJob,
  fitted: Fit,
): Promise<{
  readonly assets: readonly Bringing[];
  readonly moves: Moves;
  readonly failed: SimulateReport | undefined;
}> {
  const { context, account } = job;
  let failed: SimulateReport | undefined;
  const text = fitted.calls
    .map(({ to, data }) => `${to === undefined ? "" : hexDigits(to)} ${hexDigits(data)}`)
    .join(" ");
  for (const named of [undefined, text, ""]) {
    let lent = named === undefined ? [] : lendable(context, account, named === "" ? undefined : named);
    if (named !== undefined && lent.length === 0) continue;
    for (;;) {
      const report = await simulate(job, fitted, lent, undefined, 0n);
      if (report.ok) return { ...neededOf(lent, movesIn(report, fitted)), failed: undefined };
      const { failure } = report;
      const isOfLent = failure?.step === "unshield" && failure.index !== undefined && failure.index < lent.length;
      if (!isOfLent) {
        failed = report;
        break;
      }
      lent = lent.filter((_, i) => i !== failure.index);
    }
  }
  return { assets: [], moves: NO_MOVES, failed };
}

/** Of what was lent, what the calls took. */
function neededOf(
  lent: readonly Bringing[],
  moves: Moves,
): { readonly assets: readonly Bringing[]; readonly moves: Moves } {
  const assets = lent.flatMap((entry): Bringing[] => {
    const { publicAsset } = entry;
    const token = toHex(publicAsset.token);
    const amount =
      publicAsset.kind === "token"
        ? (moves.tokens.find((move) => toHex(move.token) === token)?.need ?? 0n)
        : moves.tickets.some((move) => toHex(move.token) === token && move.needed.includes(publicAsset.id))
          ? 1n
          : 0n;
    return amount === 0n ? [] : [{ ...entry, amount: amount < entry.amount ? amount : entry.amount }];
  });
  return { assets, moves };
}

/**
 * The contract (hex) of an entry that failed and that nothing was brought of: it stays with the pseudonym then, and the report says so. Not if it
 * is only the gas limit asked for that does not suffice.
 */
export async function refusedToken(
  job: CallJob,
  fitted: Fit,
  guess: Guess,
  report: SimulateReport,
): Promise<string | undefined> {
  const refused = refusedBy(report, guess);
  if (refused === undefined || job.request.gasLimit === undefined) return refused;
  const unbounded = { ...job, request: { ...job.request, gasLimit: undefined } };
  const again = await simulate(unbounded, fitted, guess.assets, guess.returns, guess.coin);
  return refusedBy(again, guess) === refused ? refused : undefined;
}

function refusedBy({ failure }: SimulateReport, { returns, assets }: Guess): string | undefined {
  const entry = failure?.step === "return" && failure.index !== undefined ? returns[failure.index] : undefined;
  if (entry?.token === undefined) return undefined;
  const token = toHex(entry.token);
  const isBrought = assets.some(
    ({ publicAsset }) =>
      toHex(publicAsset.token) === token && (publicAsset.kind === "token" || publicAsset.id === entry.id),
  );
  return isBrought ? undefined : token;
}

/** The entries without those of a contract that refused, but for what was brought, which must have one. */
export const withoutToken = ({ returns, assets }: Guess, refused: string): SimulatedReturn[] =>
  returns.filter(
    ({ token, id }) =>
      token === undefined ||
      toHex(token) !== refused ||
      assets.some(
        ({ publicAsset }) =>
          toHex(publicAsset.token) === refused && (publicAsset.kind === "token" || publicAsset.id === id),
      ),
  );
