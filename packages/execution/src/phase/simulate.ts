import {
  assetIdOf,
  compareReturns,
  MAX_ANY_IDS,
  MAX_RETURNS,
  packageControllerSlot,
  packageSlot,
  POOL_ADDRESS,
  toHex,
  type Call,
  type Commitment,
  type EthAddress,
  type Inner,
  type PackageId,
  type ReturnEntry,
} from "@sero/protocol";
import type { Log } from "../block/index.js";
import { openEvm } from "../evm/open.js";
import type { SimulationContext } from "../evm/simulate.js";
import { openJournal, wordOf, type Journal } from "../state/index.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import { holdings, movements, type AssetName, type Holding, type Holdings, type Movement } from "./holdings.js";
import { openMachine } from "./machine.js";
import { afterRefund, runParts } from "./run.js";
import type { CallDetail, PhaseFailure, PhaseObserver } from "./types.js";

/** A call phase to try out, without the notes that would pay for it. */
export interface PhaseRequest {
  readonly pseudonym: EthAddress;
  /** The account's own if left out. */
  readonly nonce?: bigint;
  /** Coin brought besides what gas may cost, base units. */
  readonly coin: bigint;
  /** What else is brought. */
  readonly assets: readonly (AssetName & { readonly amount: bigint })[];
  readonly calls: readonly Call[];
  /** "infer": whatever the pseudonym holds afterwards. */
  readonly returns: "infer" | readonly ReturnEntry[];
  /** Most gas to try with. */
  readonly gasLimit: bigint;
  /** Base units a gas. */
  readonly price: bigint;
  /** Looks for a gas limit not much above the least that suffices; else the one above is kept. */
  readonly find?: "least-gas";
  /** Packages that the transaction makes, all under the pseudonym. */
  readonly packages?: readonly { readonly id: PackageId; readonly commitment: Commitment }[];
}

/** An entry of `returns` without its inners. */
export interface SuggestedReturn {
  readonly kind: ReturnEntry["kind"];
  readonly token: EthAddress | undefined;
  readonly id: ReturnEntry["id"];
  /** How many inners it takes. */
  readonly count: number;
}

/** What would come of a call phase. */
export interface PhaseReport {
  readonly ok: boolean;
  readonly failure?: PhaseFailure;
  /** After refunds. */
  readonly gasUsed: bigint;
  /** A limit that suffices, unshields and returns included; after a failure the one that was tried. */
  readonly gasLimit: bigint;
  readonly calls: readonly CallDetail[];
  /** All logs in order; none after a failure. */
  readonly logs: readonly Log[];
  /** What the calls themselves moved to or from the pseudonym. */
  readonly moved: readonly Movement[];
  /** What would stay on the pseudonym. */
  readonly left: readonly Holding[];
  /** How many more assets came near the pseudonym than it can be asked about: some of them may stay on it too. */
  readonly unasked: number;
  /** The returns that were used, the coin first, in the order that a transaction must have. */
  readonly suggested: readonly SuggestedReturn[];
  /** Coin that would come back besides what is left of the gas, base units. */
  readonly coinLeft: bigint;
}

/** Runs a call phase on `context.state`, as a transaction would after its step 4, and throws everything it wrote away. */
export async function simulatePhase(
  context: SimulationContext,
  request: PhaseRequest,
  observer?: PhaseObserver,
): Promise<PhaseReport> {
  const { run, returns } = await firstRun(context, request, observer);
  const gasLimit =
    request.find === undefined || run.failure !== undefined
      ? request.gasLimit
      : await limitNear(context, request, returns, run.gasBeforeRefund);
  return {
    ok: run.failure === undefined,
    ...(run.failure === undefined ? {} : { failure: run.failure }),
    gasUsed: run.gasUsed,
    gasLimit,
    calls: run.calls,
    logs: run.logs,
    moved: movements(
      run.calls.flatMap(({ logs }) => logs),
      request.pseudonym,
    ),
    left: run.after.held,
    unasked: run.after.unasked,
    suggested: returns.map(({ kind, token, id, inners }) => ({ kind, token, id, count: inners.length })),
    coinLeft: run.coinLeft,
  };
}

interface Run {
  readonly failure: PhaseFailure | undefined;
  readonly gasUsed: bigint;
  readonly gasBeforeRefund: bigint;
  readonly calls: readonly CallDetail[];
  readonly logs: readonly Log[];
  /** What the pseudonym holds at the end, if it was looked at. */
  readonly after: Holdings;
  readonly coinLeft: bigint;
}

/** Finds returns that work if they are to be inferred: what can't be swept is left, unless it was brought and so must have its entry. */
async function firstRun(
  context: SimulationContext,
  request: PhaseRequest,
  observer: PhaseObserver | undefined,
): Promise<{ readonly run: Run; readonly returns: readonly ReturnEntry[] }> {
  if (request.returns !== "infer") {
    const returns = request.returns;
    return { run: await attempt(context, request, returns, request.gasLimit, { observer }), returns };
  }
  const probe = await attempt(context, request, [COIN_ENTRY], request.gasLimit);
  let returns = entriesFor(request.assets, probe.after.held);
  for (let tries = 1; ; tries++) {
    const run = await attempt(context, request, returns, request.gasLimit, { observer });
    const bad = run.failure?.step === "return" ? returns[run.failure.index] : undefined;
    if (bad === undefined || isBrought(bad, request.assets)) return { run, returns };
    // Each try may cost a block's gas: after a few, only what was brought is returned, and the rest is left.
    returns = tries < MOST_TRIES ? returns.filter((entry) => entry !== bad) : entriesFor(request.assets, []);
  }
}

/** Inferred returns that fail are dropped one by one so many times, then all at once. */
const MOST_TRIES = 4;

/** A part of a block's gas is what looking at the pseudonym's assets once may cost: a simulation does that twice at most, after its probe and at its end. */
const LOOKS = 2n;
const NOTHING_HELD: Holdings = { held: [], unasked: 0 };

async function attempt(
  context: SimulationContext,
  request: PhaseRequest,
  returns: readonly ReturnEntry[],
  gasLimit: bigint,
  { observer, looks = true }: { readonly observer?: PhaseObserver | undefined; readonly looks?: boolean } = {},
): Promise<Run> {
  const { rules, header, pause } = context;
  await pause?.();
  const { pseudonym, price, calls: wanted } = request;
  const journal = openJournal(context.state);
  stepFour(journal, request);
  const evm = await openEvm(rules, journal, context.blockHash ?? (() => undefined));
  const machine = await openMachine(evm, journal, header, { pseudonym, gasLimit, price });
  const detach = observer?.attach(evm);
  const calls: CallDetail[] = [];
  const logs: Log[] = [];
  const unshields = request.assets.map(({ kind, token, id, amount }) => ({
    asset: assetIdOf(kind === "token" ? 1 : 2, token, id),
    amount,
  }));
  const input = { pseudonym, unshields, calls: wanted, returns, gasLimit, price };
  const failure = await runParts(machine, journal, input, calls, logs, observer);
  detach?.();
  const gasBeforeRefund = machine.gasUsed();
  const failed = failure !== undefined;
  const bounds = { gas: header.gasLimit / LOOKS, pause };
  return {
    failure,
    gasBeforeRefund,
    gasUsed: failed ? gasBeforeRefund : afterRefund(gasBeforeRefund, machine.refund()),
    calls,
    logs: failed ? [] : logs,
    after: failed || !looks ? NOTHING_HELD : await holdings(machine, logs, pseudonym, request.assets, bounds),
    coinLeft: failed ? request.coin : (journal.account(pseudonym)?.balance ?? 0n),
  };
}

/** What step 4 and the opening of step 5 leave behind: the nonce taken, coin and packages with the pseudonym. */
function stepFour(journal: Journal, { pseudonym, nonce, coin, packages = [] }: PhaseRequest): void {
  const { nonce: own, balance, codeHash } = journal.account(pseudonym) ?? NEW_ACCOUNT;
  journal.setAccount(pseudonym, { nonce: (nonce ?? own) + 1n, balance: balance + coin, codeHash });
  const controller = new Uint8Array(32);
  controller.set(pseudonym, 12);
  for (const { id, commitment } of packages) {
    journal.setStorage(POOL_ADDRESS, packageSlot(id), wordOf(commitment));
    journal.setStorage(POOL_ADDRESS, packageControllerSlot(id), controller);
  }
}

const NEW_ACCOUNT = { nonce: 0n, balance: 0n, codeHash: EMPTY_CODE_HASH };

/** Notes of a simulation are thrown away; any inner does. */
const INNER = 1n as Inner;
const COIN_ENTRY: ReturnEntry = { kind: "coin", token: undefined, id: 0n, leave: false, inners: [INNER] };

/** Entries for what was brought, which must each have one, and for what is held: tickets that came by themselves by ANY, the ids may differ later. */
function entriesFor(brought: readonly AssetName[], held: readonly Holding[]): ReturnEntry[] {
  const named = brought.map(({ kind, token, id }): ReturnEntry => ({ kind, token, id, leave: false, inners: [INNER] }));
  const rest = held.filter(
    ({ kind, token, id }) => !brought.some((b) => b.kind === kind && b.id === id && toHex(b.token) === toHex(token)),
  );
  const tokens = rest.filter(({ kind }) => kind === "token");
  const any = new Map<string, { readonly token: EthAddress; count: number }>();
  for (const { kind, token } of rest) {
    if (kind !== "ticket") continue;
    const key = toHex(token);
    any.set(key, { token, count: Math.min(MAX_ANY_IDS, (any.get(key)?.count ?? 0) + 1) });
  }
  const found = [
    ...tokens.map(({ kind, token }): ReturnEntry => ({ kind, token, id: 0n, leave: false, inners: [INNER] })),
    ...[...any.values()].map(({ token, count }): ReturnEntry => {
      const inners = Array.from({ length: count }, () => INNER);
      return { kind: "ticket", token, id: { any: count }, leave: false, inners };
    }),
  ];
  const room = Math.max(0, MAX_RETURNS - 1 - named.length);
  return [COIN_ENTRY, ...[...named, ...found.slice(0, room)].sort(compareReturns)];
}

const isBrought = ({ kind, token, id }: ReturnEntry, assets: readonly AssetName[]): boolean =>
  assets.some((b) => b.kind === kind && b.id === id && token !== undefined && toHex(b.token) === toHex(token));

/** Parts of what was used, in 64ths, that are tried on top of it: a call keeps 1/64 back at each depth (EIP-150). */
const MARGINS = [0n, 2n, 8n, 32n];

/** The first limit of a few that suffices. What was used is nearly always enough; the rest is for code that looks at its gas. */
async function limitNear(
  context: SimulationContext,
  request: PhaseRequest,
  returns: readonly ReturnEntry[],
  used: bigint,
): Promise<bigint> {
  for (const margin of MARGINS) {
    const limit = used + (used * margin) / 64n + margin;
    if (limit >= request.gasLimit) break;
    const tried = await attempt(context, request, returns, limit, { looks: false });
    if (tried.failure === undefined) return limit;
  }
  return request.gasLimit;
}
