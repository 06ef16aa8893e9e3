import { COIN, equalBytes, sanitizeText, toHex, type AssetId, type TxId } from "@sero/protocol";
import { countsNote, type FindRegistered } from "../assets/index.js";
import { statusOf, type OutboxEntry } from "../outbox/index.js";
import { sentKeyOf, type Ledger } from "../scan/index.js";
import type { HistoryEntry, HistoryPart, OwnedNote, SentTransaction } from "../types.js";

/** What the history is read from. */
export interface HistoryView {
  readonly ledger: Ledger;
  readonly outbox: readonly OutboxEntry[];
  readonly scanned: bigint;
  /** What contract an asset is of. */
  readonly registered?: FindRegistered;
}

/**
 * The history of an account (undefined: of all), newest first: pending payments, then mined ones by block. Everything mined comes from the chain
 * alone, so a wallet restored from its phrase has the same.
 */
export function historyOf(view: HistoryView, account: number | undefined): HistoryEntry[] {
  const isAsked = (entry: { readonly account: number }): boolean => account === undefined || entry.account === account;
  const mined = [...sentEntries(view), ...receivedEntries(view)].filter(isAsked);
  mined.sort(
    (a, b) =>
      compare(b.block ?? 0n, a.block ?? 0n) || compareText(a.txid ?? "", b.txid ?? "") || compareText(a.type, b.type),
  );
  return [...waitingEntries(view).filter(isAsked), ...mined];
}

function* sentEntries({ ledger, registered }: HistoryView): Generator<HistoryEntry> {
  const created = notesByTransaction(ledger, (note) => note.txid);
  const spent = notesByTransaction(ledger, (note) => note.spent?.txid);
  for (const sent of ledger.sent.values()) {
    const key = sentKeyOf(sent);
    const own = (created.get(key) ?? []).filter((note) => countsNote(registered, note));
    const toSelf = own.filter((note) => note.origin === "received" && note.outputIndex !== undefined);
    const selfIndexes = new Set(toSelf.map((note) => note.outputIndex));
    const paid = sent.outputs.filter(
      ({ own: isOwn, outputIndex, packageId }) => !isOwn || selfIndexes.has(outputIndex) || packageId !== undefined,
    );
    yield {
      type: sent.call === undefined ? "sent" : "call",
      status: "mined",
      account: sent.account,
      txid: toHex(sent.txid),
      block: sent.block,
      timestamp: sent.timestamp,
      parts: mergeParts([
        ...paid.map((output) => ({
          asset: output.asset,
          amount: output.value,
          address: output.address,
          memo: output.memo,
          outputs: [output.outputIndex],
          package: output.packageId === undefined ? undefined : toHex(output.packageId),
        })),
        ...sealedParts(ledger, sent),
      ]),
      fee: paidFee(sent),
      moves: movesOf(sent, spent.get(key) ?? [], own),
      pseudonym: sent.call === undefined ? undefined : toHex(sent.call.pseudonym),
      callFailed: sent.call?.succeeded === false,
    };
  }
}

/** What our shielded coin paid: nothing where the pseudonym's own did, and no coin left the Pool. */
const paidFee = ({ fee, call }: Pick<SentTransaction, "fee" | "call">): bigint => (call?.coin === 0n ? 0n : fee);

/** Packages that a repack of ours made. */
const sealedParts = (ledger: Ledger, { account, txid }: SentTransaction): HistoryPart[] =>
  [...ledger.packages.values()]
    .filter(
      (contents) =>
        contents.sent &&
        contents.account === account &&
        contents.outputIndex === undefined &&
        contents.txid !== undefined &&
        equalBytes(contents.txid, txid),
    )
    .map(({ id, asset, value, address, memo }) => ({
      asset,
      amount: value,
      address,
      memo,
      outputs: [],
      package: toHex(id),
    }));

/**
 * What a call phase of ours changed. What it brought is what the notes spent held beyond the outputs and the fee; what came back are the notes that
 * the chain made. All of it stands in compact blocks, so a restored wallet has the same.
 */
function movesOf(
  sent: SentTransaction,
  inputs: readonly OwnedNote[],
  created: readonly OwnedNote[],
): HistoryEntry["moves"] {
  const { call, outputs } = sent;
  if (call === undefined) return undefined;
  const sums = new Map<AssetId, bigint>();
  const add = (asset: AssetId, amount: bigint): void => void sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  for (const { asset, value } of inputs) if (asset !== COIN) add(asset, -value);
  for (const { asset, value } of outputs) if (asset !== COIN) add(asset, value);
  add(COIN, paidFee(sent) - call.coin);
  for (const { asset, value, outputIndex } of created) if (outputIndex === undefined) add(asset, value);
  return [...sums].filter(([, amount]) => amount !== 0n).map(([asset, amount]) => ({ asset, amount }));
}

function* receivedEntries({ ledger, registered }: HistoryView): Generator<HistoryEntry> {
  const groups = new Map<string, OwnedNote[]>();
  for (const note of ledger.notes.values()) {
    const isChange = note.origin === "change" || isOwnPayment(ledger, note);
    if (isChange || !countsNote(registered, note)) continue;
    const from =
      note.txid === undefined ? `block ${note.account} ${note.block}` : sentKeyOf({ ...note, txid: note.txid });
    const key = `${from} ${isByContract(note)}`;
    groups.set(key, [...(groups.get(key) ?? []), note]);
  }
  for (const notes of groups.values()) {
    const [first] = notes;
    if (first === undefined) continue;
    const isGenesis = first.txid === undefined && first.block === 0n;
    yield {
      type: isGenesis ? "genesis" : isByContract(first) ? "contract" : "received",
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
          package: undefined,
        })),
      ),
      fee: 0n,
      moves: undefined,
      pseudonym: undefined,
      callFailed: false,
    };
  }
}

const isByContract = ({ origin }: OwnedNote): boolean =>
  origin === "slot" || origin === "return" || origin === "contract";

/** Payments of this copy of the wallet that are not on the chain. */
function waitingEntries({ ledger, outbox, scanned }: HistoryView): HistoryEntry[] {
  const waiting = outbox
    .map((entry) => ({ entry, status: statusOf(entry, ledger, scanned) }))
    .filter(({ status }) => status !== "mined");
  waiting.sort((a, b) => b.entry.createdAt - a.entry.createdAt);
  return waiting.map(({ entry, status }) => ({
    type: entry.draft.tx.call === undefined ? "sent" : "call",
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
      package: undefined,
    })),
    // Without an input of ours the pseudonym pays.
    fee: entry.inputs.length === 0 ? 0n : entry.fee,
    moves: undefined,
    pseudonym: entry.draft.tx.call === undefined ? undefined : toHex(entry.draft.tx.call.pseudonym),
    callFailed: false,
  }));
}

/** A payment to oneself stands in the entry of the sent transaction. */
const isOwnPayment = (ledger: Ledger, note: OwnedNote): boolean =>
  note.txid !== undefined && ledger.sent.has(sentKeyOf({ account: note.account, txid: note.txid }));

function notesByTransaction(ledger: Ledger, txidOf: (note: OwnedNote) => TxId | undefined): Map<string, OwnedNote[]> {
  const groups = new Map<string, OwnedNote[]>();
  for (const note of ledger.notes.values()) {
    const txid = txidOf(note);
    if (txid === undefined) continue;
    const key = sentKeyOf({ account: note.account, txid });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [note]);
    else group.push(note);
  }
  return groups;
}

/** Joins the outputs of one payment: same address (or all received), same asset. The memo, which one of them carries, is made safe to show. */
function mergeParts(parts: readonly HistoryPart[]): HistoryPart[] {
  const merged = new Map<string, HistoryPart>();
  for (const part of parts) {
    const memo = part.memo === undefined ? undefined : sanitizeText(part.memo);
    const key = `${part.address ?? ""} ${part.asset} ${part.package ?? ""}`;
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
