import { SeroError, equalBytes, toHex, type TxId } from "@sero/protocol";
import { anchorBlockOf } from "../balance/index.js";
import { mayStillBeMined, reservedNotes, statusOf, type OutboxEntry } from "../outbox/index.js";
import { scannedBlock } from "../scan/index.js";
import type { PlannedTransaction } from "../select/index.js";
import type { OwnedNote } from "../types.js";
import { viewOf, type WalletContext } from "./context.js";

/*
 * A payment made again spends a note that every earlier attempt spends too: whichever of them is mined, the others never can be, on any
 * branch, so nobody is paid twice (protocol, section 6; attack D30).
 */

/**
 * All attempts at one payment that have not expired: the one named, those that it replaced, and those that replace any of these. Throws
 * wallet/no-payment, wallet/not-replaceable.
 */
function attemptsOf(context: WalletContext, account: number, txid: TxId): OutboxEntry[] {
  const { ledger } = context.state;
  const scanned = scannedBlock(context.state);
  const own = context.outbox.filter((entry) => entry.account === account);
  const named = own.find((entry) => equalBytes(entry.txid, txid));
  if (named === undefined)
    throw new SeroError("wallet/no-payment", "This copy of the wallet has not sent such a payment.");
  const status = statusOf(named, ledger, scanned);
  if (!mayStillBeMined(status))
    throw new SeroError("wallet/not-replaceable", `This payment is ${status}; there is nothing to replace.`, {
      status,
    });
  const ids = new Set([toHex(txid)]);
  for (let before = 0; before !== ids.size;) {
    before = ids.size;
    for (const { txid: id, replaces } of own)
      if (replaces !== undefined && (ids.has(toHex(id)) || ids.has(toHex(replaces))))
        ids.add(toHex(id)).add(toHex(replaces));
  }
  return own.filter((entry) => ids.has(toHex(entry.txid)) && statusOf(entry, ledger, scanned) !== "expired");
}

/**
 * Notes that every one of these payments spends: by nullifier, or, where a reorganisation moved the note to another leaf, by a commitment that
 * is there once only (of two notes with the same commitment, each payment may spend another; attack D26).
 */
function notesOfAll(context: WalletContext, attempts: readonly OutboxEntry[]): OwnedNote[] {
  const view = viewOf(context);
  const anchor = anchorBlockOf(view);
  const notes = [...view.ledger.notes.values()];
  const count = new Map<bigint, number>();
  for (const { commitment } of notes) count.set(commitment, (count.get(commitment) ?? 0) + 1);
  const isIn = (note: OwnedNote, { account, inputs }: OutboxEntry): boolean =>
    account === note.account &&
    inputs.some(
      ({ nullifier, commitment }) =>
        nullifier === note.nullifier || (commitment === note.commitment && count.get(commitment) === 1),
    );
  return notes.filter(
    (note) => note.spent === undefined && note.block <= anchor && attempts.every((entry) => isIn(note, entry)),
  );
}

/** Notes of which a payment made again has to spend one. Throws wallet/no-payment, wallet/not-replaceable, funds/no-shared-note. */
export function notesToShare(context: WalletContext, account: number, replaced: TxId): OwnedNote[] {
  const shared = notesOfAll(context, attemptsOf(context, account, replaced));
  if (shared.length === 0)
    throw new SeroError(
      "funds/no-shared-note",
      "No note of the first payment is there to pay it again with. Wait until the first payment expires.",
    );
  return shared;
}

/**
 * Holds the plan of a payment against the outbox: no note of another payment under way is used, and one made again excludes every earlier attempt
 * for good, which a single transaction does. Throws wallet/notes-taken, send/replace-size, funds/no-shared-note, wallet/not-replaceable.
 */
export function checkPlan(
  context: WalletContext,
  account: number,
  replaced: TxId | undefined,
  transactions: readonly PlannedTransaction<OwnedNote>[],
): void {
  const inputs = transactions.flatMap(({ bundles }) => bundles.flatMap((bundle) => bundle.inputs));
  const attempts = replaced === undefined ? [] : attemptsOf(context, account, replaced);
  const { ledger } = context.state;
  const reserved = reservedNotes(context.outbox, ledger, scannedBlock(context.state));
  for (const note of inputs) {
    const now = ledger.notes.get(note.leafIndex);
    const holder = reserved.get(note.leafIndex);
    const isHeld = holder !== undefined && !attempts.includes(holder);
    if (now === undefined || now.commitment !== note.commitment || now.spent !== undefined || isHeld)
      throw new SeroError(
        "wallet/notes-taken",
        "Another payment has used the money meanwhile. Prepare this one again.",
      );
  }
  if (replaced === undefined) return;
  if (transactions.length > 1)
    throw new SeroError(
      "send/replace-size",
      "A payment can be made again in one transaction only. Pay less, or wait until the first payment expires.",
      { transactions: transactions.length },
    );
  const shared = new Set(notesOfAll(context, attempts).map((note) => note.leafIndex));
  if (!inputs.some((note) => shared.has(note.leafIndex)))
    throw new SeroError(
      "funds/no-shared-note",
      "No note of the first payment is in this one. Prepare it again, or wait until the first payment expires.",
    );
}
