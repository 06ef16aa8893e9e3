import { equalBytes } from "@sero/protocol";
import { sentKeyOf, type Ledger } from "../scan/index.js";
import type { PaymentStatus } from "../types.js";
import type { OutboxEntry, OutboxInput } from "./types.js";

/**
 * Blocks after its expiry until a payment's money is free again. Another branch may still hold it in its last block: paid again with other
 * notes meanwhile, it would be paid twice when that branch wins (attack D30).
 */
const REORGANISATION_MARGIN = 32n;

/**
 * Where a payment stands, read off the chain as scanned up to `scanned`: nothing is remembered that a reorganisation would have to take back.
 */
export function statusOf(entry: OutboxEntry, ledger: Ledger, scanned: bigint): PaymentStatus {
  if (ledger.sent.has(sentKeyOf(entry))) return "mined";
  let isUndone = false;
  for (const input of entry.inputs) {
    const note = ledger.noteOfNullifier(input.nullifier);
    if (note === undefined) isUndone = true;
    else if (note.spent !== undefined && !equalBytes(note.spent.txid, entry.txid)) return "conflicted";
  }
  if (isOvertaken(entry, ledger)) return "conflicted";
  if (scanned > entry.expiry + REORGANISATION_MARGIN) return "expired";
  return isUndone ? "undone" : "pending";
}

/** Whether others of ours under its pseudonym, of another copy of this wallet, have used its nonce up. (The account's own nonce can only be higher.) */
function isOvertaken({ account, draft }: OutboxEntry, ledger: Ledger): boolean {
  const { call } = draft.tx;
  if (call === undefined) return false;
  let uses = 0n;
  for (const sent of ledger.sent.values())
    if (sent.account === account && sent.pseudonym !== undefined && equalBytes(sent.pseudonym, call.pseudonym)) uses++;
  return uses > call.nonce;
}

/** Whether a payment may still be mined, so that its notes must not be used for another. */
export const mayStillBeMined = (status: PaymentStatus): boolean => status === "pending" || status === "undone";

/** Leaf indexes of the notes that payments under way use. */
export function reservedNotes(
  entries: readonly OutboxEntry[],
  ledger: Ledger,
  scanned: bigint,
): ReadonlyMap<bigint, OutboxEntry> {
  const reserved = new Map<bigint, OutboxEntry>();
  const moved: { readonly input: OutboxInput; readonly entry: OutboxEntry }[] = [];
  for (const entry of entries) {
    if (!mayStillBeMined(statusOf(entry, ledger, scanned))) continue;
    for (const input of entry.inputs) {
      const note = ledger.noteOfNullifier(input.nullifier);
      if (note !== undefined) reserved.set(note.leafIndex, entry);
      else moved.push({ input, entry });
    }
  }
  // A note that a reorganisation moved to another leaf is the same money.
  if (moved.length > 0)
    for (const note of ledger.notes.values()) {
      const match = moved.find(
        ({ input, entry }) => input.commitment === note.commitment && entry.account === note.account,
      );
      if (match !== undefined) reserved.set(note.leafIndex, match.entry);
    }
  return reserved;
}

/** Blocks after which a payment that is still pending is handed to the node again. */
const REBROADCAST_AFTER = 4n;

/** Payments to hand to the node again; not those that were made again, which would only stand in the way of their replacement. */
export function dueForRebroadcast(
  entries: readonly OutboxEntry[],
  ledger: Ledger,
  scanned: bigint,
  force = false,
): readonly OutboxEntry[] {
  return entries.filter((entry) => {
    const isDue = force || scanned >= entry.sentAt + REBROADCAST_AFTER;
    const isReplaced = entries.some(({ replaces }) => replaces !== undefined && equalBytes(replaces, entry.txid));
    return isDue && !isReplaced && scanned < entry.expiry && statusOf(entry, ledger, scanned) === "pending";
  });
}
