import { SeroError, rulesId, toHex } from "@sero/protocol";
import { draftTransaction, proveDraft, type Draft, type DraftRequest } from "../build/index.js";
import type { OutboxEntry } from "../outbox/index.js";
import { cancelled } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { SendProgress } from "../types.js";
import { checkChain, checkOpen, commitState, type WalletContext } from "../wallet/context.js";
import { dropOutbox, saveOutbox } from "../wallet/persist.js";
import { changeOf } from "../wallet/prepare.js";
import { checkPlan } from "../wallet/replace.js";
import { LEAST_LIFE, NEVER_HANDED, anchorView, hand, replaceEntry, viewAnchor } from "../wallet/send.js";
import { sourceFor } from "./fit.js";
import type { PreparedCall } from "./prepare.js";
import type { CallReceipt } from "./types.js";

/** Options of `sendCall`. */
export interface SendCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SendProgress) => void;
  /** Called with the transaction's id once it is signed and durable in the outbox, before it is proved: from then on it is sent, sooner or later. */
  readonly onTxid?: (txid: string) => void;
}

/**
 * Signs, proves, checks and sends what was prepared. The transaction is in the durable outbox, id and all, before the proofs: a wallet that stops
 * meanwhile proves and sends it at its next sync. If it is cancelled before a node has it, or its proofs do not verify, it is dropped as if never
 * made; so it is after any other failure that comes before `onTxid` was told its id. Throws
 * wallet/stale-report, wallet/notes-taken, wallet/cancelled, build/bad-proof, store/*, rpc/*, send/*, and the node's refusal.
 */
export async function sendCall(
  context: WalletContext,
  prepared: PreparedCall,
  options: SendCallOptions = {},
): Promise<CallReceipt> {
  checkOpen(context);
  if (prepared.expiry < scannedBlock(context.state) + LEAST_LIFE)
    throw new SeroError("wallet/stale-report", "This was prepared too long ago. Prepare it again.");
  checkPlan(context, prepared.account, prepared.replaces, [prepared.plan]);
  await checkNonce(context, prepared);
  const draft = await draftOf(context, prepared);
  const waiting = entryOf(context, prepared, draft);
  context.outbox.push(waiting);
  saveOutbox(context.database, waiting);
  const txid = toHex(draft.txid);
  const started = context.platform.now();
  let entry: OutboxEntry;
  let isTold = false;
  try {
    await commitState(context, "now");
    isTold = options.onTxid !== undefined;
    options.onTxid?.(txid);
    entry = await proved(context, waiting, options);
    if (options.signal?.aborted === true) throw cancelled();
  } catch (error) {
    if (isTold && !isFinal(error, options)) throw error;
    // No node has seen it: as if it had never been made.
    context.outbox = context.outbox.filter((candidate) => candidate !== waiting);
    dropOutbox(context.database, waiting);
    await context.database.commit().catch(() => undefined);
    throw error;
  }
  const proveMs = context.platform.now() - started;
  replaceEntry(context, waiting, entry);
  await context.database.commit();
  const bundles = draft.witnesses.length;
  options.onProgress?.({ transaction: 0, transactions: 1, bundle: 0, bundles, step: "sending", fraction: 0 });
  await hand(context, entry);
  replaceEntry(context, entry, { ...entry, sentAt: scannedBlock(context.state) });
  // Only when it was handed over: not worth failing for what is sent already.
  await context.database.commit().catch(() => undefined);
  return { txid, pseudonym: draft.tx.call?.pseudonym, expiry: prepared.expiry, bytes: entry.bytes.length, proveMs };
}

/** Whether a failure of proving ends it: cancelled, or proofs that no try makes right. Else the next sync proves it. */
const isFinal = (error: unknown, { signal }: SendCallOptions): boolean =>
  signal?.aborted === true || (error instanceof SeroError && error.code === "build/bad-proof");

/** Throws pseudonym/used if the pseudonym has been used since the report was made. */
async function checkNonce({ client }: WalletContext, { call }: PreparedCall): Promise<void> {
  if (call === undefined) return;
  const nonce = await client.nonceOf(call.phase.pseudonym);
  if (nonce !== call.phase.nonce)
    throw new SeroError("pseudonym/used", "This pseudonym has been used since the report. Prepare the calls again.", {
      nonce: nonce.toString(),
    });
}

async function draftOf(context: WalletContext, prepared: PreparedCall): Promise<Draft> {
  const spec = await checkChain(context);
  const rules = rulesId(spec, (await context.client.head()).timestamp + 1n);
  const { chain } = context.secret;
  const request: DraftRequest = {
    keys: context.keys.spending(prepared.account),
    spec: chain.spec,
    context: { genesisHash: chain.genesisHash, rulesId: rules },
    plan: prepared.plan,
    bundles: prepared.bundles,
    recipients: prepared.recipients,
    memosOf: new Set(prepared.recipients.keys()),
    expiry: prepared.expiry,
    priceStep: prepared.priceStep,
    call: prepared.call,
    packages: prepared.packages,
    memoToSelf: prepared.memoToSelf,
  };
  const { secret, bundles } = prepared;
  return secret === undefined ? draftTransaction(request) : draftTransaction(request, sourceFor(secret, bundles));
}

async function proved(context: WalletContext, entry: OutboxEntry, options: SendCallOptions): Promise<OutboxEntry> {
  const { signal, onProgress } = options;
  context.proving ??= await context.platform.openProving({ spec: context.secret.chain.spec });
  const anchorBlock = viewAnchor(context);
  const built = await proveDraft(entry.draft, anchorView(context.state, anchorBlock), context.proving, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (progress) => onProgress({ ...progress, transaction: 0, transactions: 1 }) }),
  });
  return { ...entry, bytes: built.bytes, anchorBlock };
}

function entryOf(context: WalletContext, prepared: PreparedCall, draft: Draft): OutboxEntry {
  const { plan } = prepared;
  return {
    txid: draft.txid,
    account: prepared.account,
    bytes: new Uint8Array(0),
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
    payments: prepared.payments,
    change: changeOf(plan),
    draft,
    replaces: prepared.replaces,
  };
}
