import { COIN, SeroError, equalBytes, toHex, rulesId } from "@sero/protocol";
import { anchorBlockOf } from "../balance/index.js";
import {
  draftTransaction,
  proveDraft,
  type AnchorView,
  type BuiltTransaction,
  type Draft,
  type Proving,
} from "../build/index.js";
import { dueForRebroadcast, type OutboxEntry, type OutboxPayment } from "../outbox/index.js";
import { cancelled, lying } from "../rpc/index.js";
import { scannedBlock, type ScanState } from "../scan/index.js";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote, SendProgress, SentReceipt } from "../types.js";
import { checkChain, checkOpen, commitState, viewOf, type WalletContext } from "./context.js";
import { dropOutbox, saveOutbox } from "./persist.js";
import { changeOf, memosByTransaction, type PreparedPayment } from "./prepare.js";
import { checkPlan } from "./replace.js";

/** Options of `send`. */
export interface SendOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SendProgress) => void;
}

/** Until a node has taken it: so the next sync hands it over at once. */
export const NEVER_HANDED = -1024n;

/** Blocks of life that a prepared payment must still have. */
export const LEAST_LIFE = 64n;

/**
 * Signs, proves, checks and sends a prepared payment. Each transaction is in the durable outbox before a node sees it, so that a crash can
 * neither lose it nor pay it again. Throws wallet/stale-report, wallet/notes-taken, build/bad-proof, store/*, rpc/*, and the node's refusal.
 */
export async function sendPayment(
  context: WalletContext,
  prepared: PreparedPayment,
  options: SendOptions = {},
): Promise<SentReceipt[]> {
  checkOpen(context);
  checkStillGood(context, prepared);
  const spec = await checkChain(context);
  const rules = rulesId(spec, (await context.client.head()).timestamp + 1n);
  context.proving ??= await context.platform.openProving({ spec: context.secret.chain.spec });
  const { proving } = context;
  const memosOf = memosByTransaction(prepared.transactions);
  const receipts: SentReceipt[] = [];
  for (const [i, plan] of prepared.transactions.entries()) {
    if (options.signal?.aborted === true) throw cancelled();
    const started = context.platform.now();
    const draft = draftOf(context, prepared, plan, memosOf[i] ?? new Set(), rules);
    const built = await proveWithProgress(
      context.state,
      viewAnchor(context),
      draft,
      proving,
      options,
      i,
      prepared.transactions.length,
    );
    const proveMs = context.platform.now() - started;
    const entry = entryOf(context, prepared, plan, draft, built);
    context.outbox.push(entry);
    saveOutbox(context.database, entry);
    try {
      await commitState(context, "now");
    } catch (error) {
      // Not durable, so not sent: as if it had never been made.
      context.outbox = context.outbox.filter((candidate) => candidate !== entry);
      dropOutbox(context.database, entry);
      throw error;
    }
    options.onProgress?.({
      transaction: i,
      transactions: prepared.transactions.length,
      bundle: 0,
      bundles: plan.bundles.length,
      step: "sending",
      fraction: 0,
    });
    await hand(context, entry).catch((error: unknown) => {
      throw withCount(error, receipts.length, prepared.transactions.length);
    });
    replaceEntry(context, entry, { ...entry, sentAt: scannedBlock(context.state) });
    // Only when it was handed over: not worth failing for what is sent already.
    await context.database.commit().catch(() => undefined);
    receipts.push({ txid: toHex(built.txid), expiry: prepared.expiry, bytes: built.bytes.length, proveMs });
  }
  return receipts;
}

function checkStillGood(context: WalletContext, prepared: PreparedPayment): void {
  if (prepared.expiry < scannedBlock(context.state) + LEAST_LIFE)
    throw new SeroError("wallet/stale-report", "This payment was prepared too long ago. Prepare it again.");
  checkPlan(context, prepared.account, prepared.request.replaces, prepared.transactions);
}

function draftOf(
  context: WalletContext,
  prepared: PreparedPayment,
  plan: PlannedTransaction<OwnedNote>,
  memosOf: ReadonlySet<number>,
  rules: Uint8Array,
): Draft {
  const { chain } = context.secret;
  return draftTransaction({
    keys: context.keys.spending(prepared.account),
    spec: chain.spec,
    context: { genesisHash: chain.genesisHash, rulesId: rules },
    plan,
    recipients: prepared.recipients,
    memosOf,
    expiry: prepared.expiry,
    priceStep: prepared.request.priceStep ?? 0,
  });
}

/** Number of the block whose root is the anchor now. */
export const viewAnchor = (context: WalletContext): bigint => anchorBlockOf(viewOf(context));

/** The tree after the anchor's block. Tree blocks count from 1. */
export function anchorView(state: ScanState, block: bigint): AnchorView {
  return { block, root: state.tree.rootAt(block + 1n), path: (leafIndex) => state.tree.pathAt(leafIndex, block + 1n) };
}

function proveWithProgress(
  state: ScanState,
  anchor: bigint,
  draft: Draft,
  proving: Proving,
  options: SendOptions,
  transaction: number,
  transactions: number,
): Promise<BuiltTransaction> {
  const { signal, onProgress } = options;
  return proveDraft(draft, anchorView(state, anchor), proving, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (progress) => onProgress({ ...progress, transaction, transactions }) }),
  });
}

function entryOf(
  context: WalletContext,
  prepared: PreparedPayment,
  plan: PlannedTransaction<OwnedNote>,
  draft: Draft,
  built: BuiltTransaction,
): OutboxEntry {
  const paid = new Map<number, bigint>();
  for (const { parts } of plan.bundles) for (const { id, amount } of parts) paid.set(id, (paid.get(id) ?? 0n) + amount);
  const payments = [...paid].map(([id, amount]): OutboxPayment => {
    const request = prepared.request.payments[id];
    return {
      address: request?.address ?? "",
      asset: prepared.recipients[id]?.asset ?? COIN,
      amount,
      memo: request?.memo,
    };
  });
  return {
    txid: built.txid,
    account: prepared.account,
    bytes: built.bytes,
    expiry: prepared.expiry,
    anchorBlock: viewAnchor(context),
    sentAt: NEVER_HANDED,
    createdAt: Math.floor(context.platform.now() / 1000),
    fee: plan.fee,
    inputs: plan.bundles.flatMap(({ inputs }) =>
      inputs.flatMap(({ leafIndex, commitment, nullifier, asset, value }) =>
        nullifier === undefined ? [] : [{ leafIndex, commitment, nullifier, asset, value }],
      ),
    ),
    payments,
    change: changeOf(plan),
    draft,
    replaces: prepared.request.replaces,
  };
}

/** Says with an error how many transactions of one payment are already on their way. */
function withCount(error: unknown, sent: number, transactions: number): unknown {
  if (!(error instanceof SeroError) || transactions === 1) return error;
  return new SeroError(error.code, error.message, { ...error.values, sent, transactions });
}

/** Gives a transaction to the node. Throws send/*, rpc/*, and the node's refusal. */
export async function hand(context: WalletContext, entry: OutboxEntry): Promise<void> {
  try {
    const txid = await context.client.sendTransaction(entry.bytes);
    if (!equalBytes(txid, entry.txid)) throw lying(context.client.url, "it names our transaction by another id");
  } catch (error) {
    throw explain(error, entry);
  }
}

/** A refusal that means that another copy of this wallet spent the money gets its own sentence. */
function explain(error: unknown, entry: OutboxEntry): unknown {
  if (!(error instanceof SeroError)) return error;
  if (error.code === "tx/spent" || error.code === "pool/nullifier-held")
    return new SeroError(
      "send/double-spend",
      "A note of this payment is already being spent, probably by another copy of this wallet, so nothing is paid yet. Sync: once the history shows this payment as conflicted or expired, pay again.",
      { txid: toHex(entry.txid), node: error.code },
    );
  if (error.code === "pool/pseudonym-busy")
    return new SeroError(
      "send/pseudonym-busy",
      "Another transaction under this pseudonym waits for a block, probably of another copy of this wallet. This one is kept, and sent again at later syncs, unless the other one is mined; do not send it again before it expires or the history shows it as conflicted.",
      { txid: toHex(entry.txid), expiry: entry.expiry.toString() },
    );
  if (error.code === "tx/anchor")
    return new SeroError(
      "send/stale-anchor",
      "The chain reorganised while the payment was being proved. It is kept, and proved again and sent at the next sync; do not pay again before it expires.",
      { txid: toHex(entry.txid), expiry: entry.expiry.toString() },
    );
  if (error.code === "rpc/unreachable" || error.code === "rpc/timeout" || error.code === "rpc/busy")
    return new SeroError(
      "send/not-delivered",
      "The payment is made and kept, but the node does not answer. It will be sent again at the next sync until it expires; do not pay again before.",
      {
        txid: toHex(entry.txid),
        expiry: entry.expiry.toString(),
        cause: error.code,
      },
    );
  return error;
}

/** Blocks after which an anchor is renewed, well inside the window of 1,024. */
const ANCHOR_AGE = 768n;

/**
 * Hands payments that are still pending to the node again, under a fresh proof when their anchor is too old or a reorganisation undid it.
 * A node's refusal is kept quiet: the chain itself shows what becomes of each. Returns how many were handed over.
 */
export async function rebroadcast(context: WalletContext, options: { readonly force?: boolean } = {}): Promise<number> {
  const { ledger } = context.state;
  const scanned = scannedBlock(context.state);
  const due = dueForRebroadcast(context.outbox, ledger, scanned, options.force === true);
  let handed = 0;
  for (const entry of due) {
    let current = entry;
    let isAnswered = true;
    try {
      // Without bytes: the wallet stopped before it was proved.
      if (entry.bytes.length === 0 || scanned - entry.anchorBlock > ANCHOR_AGE) current = await renew(context, entry);
      await hand(context, current);
      handed++;
    } catch (error) {
      isAnswered = !(error instanceof SeroError && error.code === "send/not-delivered");
      if (error instanceof SeroError && error.code === "send/stale-anchor") {
        current = await renew(context, entry).catch(() => entry);
        if (current !== entry)
          await hand(context, current).then(
            () => handed++,
            () => undefined,
          );
      }
    }
    // What no node took stays due.
    replaceEntry(context, entry, isAnswered ? { ...current, sentAt: scanned } : current);
  }
  if (due.length > 0) await context.database.commit();
  return handed;
}

/** The same transaction proved under a newer anchor: signatures and txid stay. */
async function renew(context: WalletContext, entry: OutboxEntry): Promise<OutboxEntry> {
  context.proving ??= await context.platform.openProving({ spec: context.secret.chain.spec });
  const anchorBlock = viewAnchor(context);
  const built = await proveDraft(entry.draft, anchorView(context.state, anchorBlock), context.proving);
  return { ...entry, bytes: built.bytes, anchorBlock };
}

/** Puts an entry in the place of another, in memory and in the database. */
export function replaceEntry(context: WalletContext, old: OutboxEntry, entry: OutboxEntry): void {
  context.outbox = context.outbox.map((candidate) => (candidate === old ? entry : candidate));
  saveOutbox(context.database, entry);
}
