import {
  AMOUNT_LIMIT,
  COIN,
  MAX_CALLS,
  SeroError,
  equalBytes,
  oneTimePseudonym,
  priceOf,
  randomBytes,
  receiveSlotOnchain,
  toHex,
  type AccountKeys,
  type AssetId,
  type Call,
  type ChainSpec,
  type EthAddress,
  type Inner,
  type Nullifier,
  type PackageId,
  type Pseudonym,
} from "@sero/protocol";
import { balancesOf, spendableNotes } from "../balance/index.js";
import type { DraftPackage, DraftedPackage, Recipient } from "../build/index.js";
import { mayStillBeMined, statusOf, type OutboxPayment } from "../outbox/index.js";
import { keptRecords, pseudonymKeys, recoveryMemo, usesOf, type KeptRecord } from "../pseudonyms/keep.js";
import { scannedBlock } from "../scan/index.js";
import type { Demand } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { checkOpen, viewOf, type WalletContext } from "../wallet/context.js";
import { checkAccount, checkSynced, recipientOf } from "../wallet/prepare.js";
import { notesToShare } from "../wallet/replace.js";
import { takenFirst } from "./arrange.js";
import type { CallRequest, CallSpec } from "./types.js";

/** A request, checked, with everything that stays the same while it is planned. Secret. */
export interface CallJob {
  readonly context: WalletContext;
  readonly request: CallRequest;
  readonly account: number;
  readonly keys: AccountKeys;
  readonly spec: ChainSpec;
  readonly priceStep: number;
  readonly price: bigint;
  readonly notes: readonly OwnedNote[];
  readonly must: readonly OwnedNote[] | undefined;
  readonly pending: ReadonlyMap<AssetId, bigint>;
  /** Payments first, then packages. */
  readonly recipients: readonly Recipient[];
  readonly payments: readonly OutboxPayment[];
  readonly demands: readonly Demand[];
  readonly packages: readonly DraftPackage[];
  readonly kept: { readonly pseudonym: Pseudonym; readonly record: KeptRecord | undefined } | undefined;
  readonly memoToSelf: string | undefined;
  /** First nullifiers not to use again. */
  readonly taken: ReadonlySet<Nullifier>;
  /** Whether there is a call phase. */
  readonly hasPhase: boolean;
  /** The pseudonym's own coin pays for everything, and no note of ours is spent. */
  readonly isSelfPaid: boolean;
  /** What the outputs are drawn from when calls must know the packages among them; undefined: at random when they are signed. */
  readonly secret: Uint8Array | undefined;
}

/**
 * Checks a request. `hasPhase` false: packages without calls. Throws wallet/watch-only, wallet/no-account, wallet/not-synced, address/*,
 * amount/*, memo/*, tx/price-step, pseudonym/unknown, pseudonym/busy, pseudonym/other-account, call/*, and for one made again as payments do.
 */
export function openJob(context: WalletContext, request: CallRequest, hasPhase = true): CallJob {
  checkOpen(context);
  const kept = keptOf(context, request);
  const account = request.account ?? kept?.account ?? 0;
  checkAccount(context, account);
  const keys = context.keys.spending(account);
  checkSynced(context);
  if (kept !== undefined && kept.account !== account)
    throw new SeroError("pseudonym/other-account", "That pseudonym belongs to another account of this wallet.", {
      account: kept.account,
    });
  if (request.payer === "pseudonym") checkSelfPaid(request, kept !== undefined);
  const { spec } = context.secret.chain;
  const priceStep = request.priceStep ?? 0;
  const price = priceOf({ priceStep }, spec);
  const texts = [...(request.payments ?? []), ...(request.packages ?? [])];
  const recipients = texts.map((payment) => recipientOf(payment, spec.hrp));
  const firstPackage = request.payments?.length ?? 0;
  const packages = (request.packages ?? []).map(({ controller, onFailure }, i): DraftPackage => {
    if (hasPhase === (controller !== undefined))
      throw new SeroError(
        "call/package-controller",
        hasPhase
          ? "With calls a package begins in the pseudonym's hands; the calls hand it on."
          : "Name who controls the package: a pseudonym of yours, or a contract.",
      );
    return { part: firstPackage + i, controller, onFailure: onFailure ?? "hold" };
  });
  const view = viewOf(context);
  const must = request.replaces === undefined ? undefined : notesToShare(context, account, request.replaces);
  const spendable = spendableNotes(view, account);
  return {
    context,
    request,
    account,
    keys,
    spec,
    priceStep,
    price,
    notes: [...spendable, ...(must ?? []).filter((note) => !spendable.includes(note))],
    must,
    pending: new Map(balancesOf(view, account).map((balance) => [balance.asset, balance.pending])),
    recipients,
    payments: texts.map(({ address, asset, amount, memo }) => ({ address, asset: asset ?? COIN, amount, memo })),
    demands: recipients.map(({ asset, amount }, id): Demand =>
      id < firstPackage ? { id, asset, amount } : { id, asset, amount, whole: true },
    ),
    packages,
    kept,
    memoToSelf: recoveryMemo([
      ...(kept?.record === undefined ? [] : [kept.record]),
      ...namedHere(context, account, request),
    ]),
    taken: takenFirst(context.outbox, account),
    hasPhase,
    isSelfPaid: request.payer === "pseudonym",
    secret: hasPhase && packages.length > 0 ? randomBytes(32) : undefined,
  };
}

/** Without a note of ours nothing but the pseudonym's own can be used. Throws call/payer. */
function checkSelfPaid({ bring, payments, packages, replaces }: CallRequest, hasPseudonym: boolean): void {
  const isBare = (bring === undefined || bring === "infer" || bring.length === 0) && replaces === undefined;
  if (!hasPseudonym || !isBare || (payments ?? []).length > 0 || (packages ?? []).length > 0)
    throw new SeroError(
      "call/payer",
      "A transaction that its pseudonym pays for names a pseudonym of this wallet, and brings, pays and seals nothing from the shielded balance.",
    );
}

/**
 * Kept pseudonyms of ours, never used so far, that begin to control a package here or that the calls name: what comes to them would be lost with
 * the wallet's files, unless a wallet restored from the phrase finds their keys.
 */
function namedHere(context: WalletContext, account: number, { packages = [], calls }: CallRequest): KeptRecord[] {
  const unused = keptRecords(context).filter(
    (record) => record.account === account && usesOf(context, record.address) === 0,
  );
  if (unused.length === 0) return [];
  const text = [
    ...packages.flatMap(({ controller }) => (controller === undefined ? [] : [controller])),
    ...specsForNobody(calls).flatMap(({ to, data }) => [to ?? NOTHING, data ?? NOTHING]),
  ]
    .map((bytes) => toHex(bytes).slice(2))
    .join(" ");
  return unused.filter(({ address }) => text.includes(toHex(address).slice(2)));
}

const NOTHING = new Uint8Array(0);

/** The calls before it is known under whom they run. */
function specsForNobody(calls: CallRequest["calls"]): readonly CallSpec[] {
  if (typeof calls !== "function") return calls;
  try {
    return calls({
      pseudonym: new Uint8Array(20) as EthAddress,
      slot: () => 0n as Inner,
      packageId: () => new Uint8Array(32) as PackageId,
    });
  } catch {
    return [];
  }
}

function keptOf(context: WalletContext, { pseudonym, replaces }: CallRequest) {
  if (pseudonym === undefined || pseudonym === "one-time") return undefined;
  const keys = pseudonymKeys(context, pseudonym);
  const { ledger } = context.state;
  const isBusy = context.outbox.some(
    (entry) =>
      entry.draft.tx.call !== undefined &&
      equalBytes(entry.draft.tx.call.pseudonym, pseudonym) &&
      mayStillBeMined(statusOf(entry, ledger, scannedBlock(context.state))) &&
      !(replaces !== undefined && equalBytes(entry.txid, replaces)),
  );
  if (isBusy)
    throw new SeroError(
      "pseudonym/busy",
      "A transaction under this pseudonym is still on its way, and they go one after another. Wait until it is mined, or use another pseudonym.",
    );
  return keys;
}

/** The pseudonym of a transaction with this first nullifier. */
export const pseudonymFor = (job: CallJob, nf0: Nullifier): Pseudonym =>
  job.kept?.pseudonym ?? oneTimePseudonym(job.keys.pseudonymSeed, nf0);

/** Slots that one transaction may hand out: as many as the scanner looks for. */
const MAX_SLOTS = 128;

/** The calls as the caller writes them for this pseudonym, and their specifications. Throws call/value, call/slot, call/package. */
export function callsFor(
  job: CallJob,
  pseudonym: Pseudonym,
  nf0: Nullifier,
  packages: readonly DraftedPackage[],
): { readonly calls: readonly Call[]; readonly specs: readonly CallSpec[] } {
  const slot = (i: number): Inner => {
    if (!Number.isInteger(i) || i < 0 || i >= MAX_SLOTS)
      throw new SeroError("call/slot", `Number receive slots of one transaction from 0 to ${MAX_SLOTS - 1}.`, {
        slot: i,
      });
    return receiveSlotOnchain(job.keys, nf0, i).inner;
  };
  const packageId = (i: number): PackageId => {
    const made = packages[i];
    if (made === undefined)
      throw new SeroError("call/package", `This transaction makes ${packages.length} packages, counted from 0.`, {
        package: i,
      });
    return made.id;
  };
  const { calls } = job.request;
  const specs = typeof calls === "function" ? calls({ pseudonym: pseudonym.address, slot, packageId }) : calls;
  if (specs.length > MAX_CALLS)
    throw new SeroError("call/too-many", `One transaction makes at most ${MAX_CALLS} calls. Split them.`, {
      calls: specs.length,
    });
  return {
    specs,
    calls: specs.map(({ to, value = 0n, data = new Uint8Array(0) }, index): Call => {
      if (value < 0n || value >= AMOUNT_LIMIT)
        throw new SeroError("call/value", "A call's value is from 0 to below 2^128 base units.", { call: index });
      return { to, value, data };
    }),
  };
}
