import { sanitizeText, toHex } from "@sero/protocol";
import { statusOf, type OutboxEntry } from "../outbox/index.js";
import { sentKeyOf, type Ledger } from "../scan/index.js";
import type { HistoryEntry, HistoryPart, OwnedNote } from "../types.js";

/** What the history is read from. */
export interface HistoryView {
  readonly ledger: Ledger;
  readonly outbox: readonly OutboxEntry[];
  readonly scanned: bigint;
}

/**
 * The history of an account (undefined: of all), newest first: pending payments, then mined ones by block. Everything mined comes from the chain
 * alone, so a wallet restored from its phrase has the same.
 */
export function historyOf(view: HistoryView, account: number | undefined): HistoryEntry[] {
  const isAsked = (entry: { readonly account: number }): boolean => account === undefined || entry.account === account;
  const mined = [...sentEntries(view.ledger), ...receivedEntries(view.ledger)].filter(isAsked);
  mined.sort(
    (a, b) =>
      compare(b.block ?? 0n, a.block ?? 0n) || compareText(a.txid ?? "", b.txid ?? "") || compareText(a.type, b.type),
  );
  return [...waitingEntries(view).filter(isAsked), ...mined];
}

function* sentEntries(ledger: Ledger): Generator<HistoryEntry> {
  const byTransaction = notesByTransaction(ledger);
  for (const sent of ledger.sent.values()) {
    const toSelf = (byTransaction.get(sentKeyOf(sent)) ?? []).filter((note) => note.origin === "received");
    const selfIndexes = new Set(toSelf.map((note) => note.outputIndex));
    const paid = sent.outputs.filter((output) => !output.own || selfIndexes.has(output.outputIndex));
    yield {
      type: "sent",
      status: "mined",
      account: sent.account,
      txid: toHex(sent.txid),
      block: sent.block,
      timestamp: sent.timestamp,
      parts: mergeParts(
        paid.map((output) => ({
          asset: output.asset,
          amount: output.value,
          address: output.address,
          memo: output.memo,
          outputs: [output.outputIndex],
        })),
      ),
      fee: sent.fee,
    };
  }
}

function* receivedEntries(ledger: Ledger): Generator<HistoryEntry> {
  const groups = new Map<string, OwnedNote[]>();
  for (const note of ledger.notes.values()) {
    if (note.origin === "change" || isOwnPayment(ledger, note)) continue;
    const key =
      note.txid === undefined
        ? `block ${note.account} ${note.block} ${note.origin}`
        : sentKeyOf({ account: note.account, txid: note.txid });
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  for (const notes of groups.values()) {
    const [first] = notes;
    if (first === undefined) continue;
    yield {
      type: first.txid !== undefined ? "received" : first.block === 0n ? "genesis" : "contract",
      status: "mined",
      account: first.account,
      txid: first.txid === undefined ? undefined : toHex(first.txid),
      block: first.block,
      timestamp: first.timestamp,
      parts: mergeParts(
        notes.map((note) => ({
          asset: note.asset,
          amount: note.value,
          address: undefined,
          memo: note.memo,
          outputs: note.outputIndex === undefined ? [] : [note.outputIndex],
        })),
      ),
      fee: 0n,
    };
  }
}

/** Payments of this copy of the wallet that are not on the chain. */
function waitingEntries({ ledger, outbox, scanned }: HistoryView): HistoryEntry[] {
  const waiting = outbox
    .map((entry) => ({ entry, status: statusOf(entry, ledger, scanned) }))
    .filter(({ status }) => status !== "mined");
  waiting.sort((a, b) => b.entry.createdAt - a.entry.createdAt);
  return waiting.map(({ entry, status }) => ({
    type: "sent",
    status,
    account: entry.account,
    txid: toHex(entry.txid),
    block: undefined,
    timestamp: BigInt(entry.createdAt),
    parts: entry.payments.map(({ asset, amount, address, memo }) => ({
      asset,
      amount,
      address,
      memo: memo === undefined ? undefined : sanitizeText(memo),
      outputs: [],
    })),
    fee: entry.fee,
  }));
}

/** A payment to oneself stands in the entry of the sent transaction. */
const isOwnPayment = (ledger: Ledger, note: OwnedNote): boolean =>
  note.txid !== undefined && ledger.sent.has(sentKeyOf({ account: note.account, txid: note.txid }));

function notesByTransaction(ledger: Ledger): Map<string, OwnedNote[]> {
  const groups = new Map<string, OwnedNote[]>();
  for (const note of ledger.notes.values()) {
    if (note.txid === undefined) continue;
    const key = sentKeyOf({ account: note.account, txid: note.txid });
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  return groups;
}

/** Joins the outputs of one payment: same address (or all received), same asset. The memo, which one of them carries, is made safe to show. */
function mergeParts(parts: readonly HistoryPart[]): HistoryPart[] {
  const merged = new Map<string, HistoryPart>();
  for (const part of parts) {
    const memo = part.memo === undefined ? undefined : sanitizeText(part.memo);
    const key = `${part.address ?? ""} ${part.asset}`;
    const before = merged.get(key);
    // Two payments to one address with two memos stay apart.
    const isOther = before?.memo !== undefined && memo !== undefined && before.memo !== memo;
    if (before === undefined) merged.set(key, { ...part, memo });
    else if (isOther) merged.set(`${key} ${memo}`, { ...part, memo });
    else
      merged.set(key, {
        ...before,
        amount: before.amount + part.amount,
        memo: before.memo ?? memo,
        outputs: [...before.outputs, ...part.outputs],
      });
  }
  return [...merged.values()];
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
