import {
  AMOUNT_LIMIT,
  COIN,
  MAX_MEMO_CHUNKS,
  SeroError,
  decodeAddress,
  memoChunksFor,
  utf8,
  walletExpiry,
  type AssetId,
} from "@sero/protocol";
import { formatAssetAmount } from "../assets/index.js";
import { anchorBlockOf, balancesOf, spendableNotes } from "../balance/index.js";
import { feeFunction, memoChunkCount, paymentBytes, paymentGas, reportOf, type Recipient } from "../build/index.js";
import { scannedBlock } from "../scan/index.js";
import { planCleanup, planPayments, type Demand, type PlannedTransaction } from "../select/index.js";
import type { OwnedNote, PaymentRequest, PublicFacts, SendReport, SendRequest } from "../types.js";
import { assetInfo } from "./assets.js";
import { checkOpen, viewOf, type WalletContext } from "./context.js";
import { checkPlan, notesToShare } from "./replace.js";

/** A payment planned to the last note, with the report to show before `send`. Nothing is signed or reserved yet. */
export interface PreparedPayment {
  readonly report: SendReport;
  readonly account: number;
  readonly request: SendRequest;
  readonly transactions: readonly PlannedTransaction<OwnedNote>[];
  readonly recipients: readonly Recipient[];
  readonly expiry: bigint;
}

/**
 * Plans payments and says what they will make public. Throws address/*, amount/*, memo/*, funds/insufficient, funds/too-small,
 * wallet/watch-only, wallet/not-synced, tx/price-step, and for a payment made again wallet/no-payment,
 * wallet/not-replaceable, funds/no-shared-note, send/replace-size.
 */
export function preparePayment(context: WalletContext, request: SendRequest): PreparedPayment {
  checkOpen(context);
  const account = request.account ?? 0;
  checkAccount(context, account);
  context.keys.spending(account);
  checkSynced(context);
  const { spec } = context.secret.chain;
  const recipients = request.payments.map((payment) => recipientOf(payment, spec.hrp));
  if (recipients.length === 0) throw new SeroError("wallet/nothing-to-pay", "Name at least one payment.");
  const view = viewOf(context);
  const demands = recipients.map(({ asset, amount }, id): Demand => ({ id, asset, amount }));
  const pending = new Map(balancesOf(view, account).map((balance) => [balance.asset, balance.pending]));
  const must = request.replaces === undefined ? undefined : notesToShare(context, account, request.replaces);
  const spendable = spendableNotes(view, account);
  const notes = [...spendable, ...(must ?? []).filter((note) => !spendable.includes(note))];
  const feeOf = feeFunction(spec, request.priceStep ?? 0, recipients);
  checkTickets(context, demands);
  const describe = describer(context);
  const plan = planPayments(
    notes,
    demands,
    feeOf,
    must === undefined ? { pending, describe } : { pending, describe, must },
  );
  checkPlan(context, account, request.replaces, plan.transactions);
  if (must !== undefined && plan.later.length > 0)
    throw new SeroError(
      "send/replace-size",
      "A payment can be made again in one transaction only. Pay less, or wait until the first payment expires.",
    );
  const later = plan.later.map((demand): PaymentRequest =>
    laterPayment(request.payments[demand.id], demand, plan.transactions),
  );
  return finish(context, account, request, plan.transactions, recipients, later);
}

/** Throws amount/ticket where a ticket is to be paid more than once. */
function checkTickets({ registry }: WalletContext, demands: readonly Demand[]): void {
  for (const { asset, amount } of demands)
    if (amount !== 1n && registry.get(asset)?.kind === "ticket")
      throw new SeroError("amount/ticket", "A ticket is one: give the amount 1.", { amount: amount.toString() });
}

/** Puts amounts into words, for errors. */
export function describer(context: WalletContext): (asset: AssetId, amount: bigint) => string {
  return (asset, amount) => formatAssetAmount(amount, assetInfo(context, asset));
}

/**
 * Plans a transaction that merges small notes of the coin, or of a token. Throws wallet/clean when there is nothing worth merging, or not the coin for
 * the fee.
 */
export function prepareCleanup(
  context: WalletContext,
  account: number,
  priceStep = 0,
  asset: AssetId = COIN,
): PreparedPayment {
  checkOpen(context);
  checkAccount(context, account);
  context.keys.spending(account);
  checkSynced(context);
  const planned = planCleanup(
    spendableNotes(viewOf(context), account),
    feeFunction(context.secret.chain.spec, priceStep, []),
    0,
    asset,
  );
  if (planned === undefined) throw new SeroError("wallet/clean", "There are no small notes worth merging.");
  return finish(context, account, { payments: [], account, priceStep }, [planned], [], []);
}

function finish(
  context: WalletContext,
  account: number,
  request: SendRequest,
  transactions: readonly PlannedTransaction<OwnedNote>[],
  recipients: readonly Recipient[],
  later: readonly PaymentRequest[],
): PreparedPayment {
  const { spec } = context.secret.chain;
  const priceStep = request.priceStep ?? 0;
  const expiry = walletExpiry(scannedBlock(context.state));
  const anchorBlock = anchorBlockOf(viewOf(context));
  const memosOf = memosByTransaction(transactions);
  const facts = transactions.map((transaction, i): PublicFacts => {
    const bundles = transaction.bundles.length;
    const memoChunks = memoChunkCount(recipients, memosOf[i] ?? new Set());
    return {
      fee: transaction.fee,
      gas: paymentGas(spec, bundles, memoChunks),
      priceStep,
      bundles,
      memoChunks,
      expiry,
      anchorBlock,
      bytes: paymentBytes(spec, bundles, memoChunks, transaction.fee, expiry, priceStep),
    };
  });
  return { report: reportOf(facts, later, spec), account, request, transactions, recipients, expiry };
}

/** Which payments' memos go into which transaction: into the first that pays a part of them. */
export function memosByTransaction(transactions: readonly PlannedTransaction<OwnedNote>[]): ReadonlySet<number>[] {
  const seen = new Set<number>();
  return transactions.map(({ bundles }) => {
    const ids = new Set(bundles.flatMap((bundle) => bundle.parts.map((part) => part.id)).filter((id) => !seen.has(id)));
    for (const id of ids) seen.add(id);
    return ids;
  });
}

/** A payment, checked. Throws address/*, amount/*, memo/too-long. */
export function recipientOf(payment: PaymentRequest, hrp: string): Recipient {
  const { amount, memo } = payment;
  if (amount < 0n) throw new SeroError("amount/negative", "Give an amount that is not negative.");
  if (amount === 0n) throw new SeroError("amount/zero", "Give an amount above zero.");
  if (amount >= AMOUNT_LIMIT)
    throw new SeroError("amount/too-large", "Give a smaller amount: it must stay below 2^128 base units.");
  if (memo !== undefined && memoChunksFor(utf8(memo).length) > MAX_MEMO_CHUNKS)
    throw new SeroError("memo/too-long", "Shorten the memo.");
  return {
    address: decodeAddress(payment.address, hrp),
    asset: payment.asset ?? COIN,
    amount,
    memo: memo === "" ? undefined : memo,
  };
}

/** What is left of a payment; its memo only if no part of it has been sent. */
function laterPayment(
  payment: PaymentRequest | undefined,
  demand: Demand,
  transactions: readonly PlannedTransaction<OwnedNote>[],
): PaymentRequest {
  if (payment === undefined) throw new SeroError("wallet/plan", "The plan names a payment that was not asked for.");
  const isStarted = transactions.some(({ bundles }) =>
    bundles.some(({ parts }) => parts.some(({ id }) => id === demand.id)),
  );
  const { address, memo } = payment;
  const rest = { address, amount: demand.amount, asset: demand.asset };
  return isStarted || memo === undefined ? rest : { ...rest, memo };
}

/** Throws wallet/not-synced unless everything scanned is proved, so that no payment is built on a node's word. */
export function checkSynced({ state }: WalletContext): void {
  const scanned = scannedBlock(state);
  if (scanned < 0n || state.verified !== scanned)
    throw new SeroError("wallet/not-synced", "Sync the wallet first.", { scanned: scanned.toString() });
}

/** Throws wallet/no-account. */
export function checkAccount(context: WalletContext, account: number): void {
  if (!context.state.ledger.accounts.some((candidate) => candidate.account === account))
    throw new SeroError("wallet/no-account", "This wallet has no such account. Add it first.", { account });
}

/** Sum of what goes to others or comes back, by asset. */
export function changeOf(transaction: PlannedTransaction<OwnedNote>): { asset: AssetId; amount: bigint }[] {
  const sums = new Map<AssetId, bigint>();
  for (const { change } of transaction.bundles)
    for (const { asset, amount } of change) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  return [...sums].map(([asset, amount]) => ({ asset, amount }));
}
