import { COIN, COIN_SYMBOL, fieldToBytes, formatAmount, sanitizeText, toHex, type AssetId } from "@sero/protocol";
import type { Balance, HistoryEntry, OwnedNote } from "../types.js";

/** One's own data in readable form. Amounts are decimal texts of the coin, or base units of other assets. No key is in it. */
export interface WalletExport {
  readonly type: "sero-wallet-export";
  readonly version: 1;
  readonly network: string;
  readonly genesisHash: string;
  readonly kind: string;
  readonly birthday: string;
  readonly scannedBlock: string;
  readonly accounts: readonly {
    readonly account: number;
    readonly addresses: readonly { readonly address: string; readonly label: string | null }[];
  }[];
  readonly balances: readonly {
    readonly asset: string;
    readonly spendable: string;
    readonly pending: string;
    readonly total: string;
    readonly notes: number;
  }[];
  readonly history: readonly ExportedEntry[];
  /** Every note that the wallet ever had, oldest first. */
  readonly notes: readonly ExportedNote[];
}

/** One note. What spends it is not in it. */
export interface ExportedNote {
  readonly account: number;
  readonly origin: string;
  readonly asset: string;
  readonly amount: string;
  readonly memo: string | null;
  readonly leafIndex: string;
  readonly commitment: string;
  readonly block: string;
  readonly txid: string | null;
  readonly spentBlock: string | null;
  readonly spentTxid: string | null;
}

/** One line of the exported history. */
export interface ExportedEntry {
  readonly type: string;
  readonly status: string;
  readonly account: number;
  readonly txid: string | null;
  readonly block: string | null;
  /** ISO 8601, UTC. */
  readonly time: string | null;
  readonly fee: string;
  readonly parts: readonly {
    readonly asset: string;
    readonly amount: string;
    readonly address: string | null;
    readonly memo: string | null;
  }[];
}

const assetName = (asset: AssetId): string => (asset === COIN ? COIN_SYMBOL : toHex(fieldToBytes(asset)));
const amountText = (asset: AssetId, amount: bigint): string =>
  asset === COIN ? formatAmount(amount) : amount.toString();

/** Balances for an export. */
export const exportBalances = (balances: readonly Balance[]): WalletExport["balances"] =>
  balances.map(({ asset, spendable, pending, total, notes }) => ({
    asset: assetName(asset),
    spendable: amountText(asset, spendable),
    pending: amountText(asset, pending),
    total: amountText(asset, total),
    notes,
  }));

/** History for an export. */
export const exportHistory = (history: readonly HistoryEntry[]): ExportedEntry[] =>
  history.map((entry) => ({
    type: entry.type,
    status: entry.status,
    account: entry.account,
    txid: entry.txid ?? null,
    block: entry.block?.toString() ?? null,
    time: entry.timestamp === undefined ? null : new Date(Number(entry.timestamp) * 1000).toISOString(),
    fee: formatAmount(entry.fee),
    parts: entry.parts.map(({ asset, amount, address, memo }) => ({
      asset: assetName(asset),
      amount: amountText(asset, amount),
      address: address ?? null,
      memo: memo ?? null,
    })),
  }));

/** Notes for an export. */
export const exportNotes = (notes: Iterable<OwnedNote>): ExportedNote[] =>
  [...notes]
    .sort((a, b) => (a.leafIndex < b.leafIndex ? -1 : 1))
    .map((note) => ({
      account: note.account,
      origin: note.origin,
      asset: assetName(note.asset),
      amount: amountText(note.asset, note.value),
      memo: note.memo === undefined ? null : sanitizeText(note.memo),
      leafIndex: note.leafIndex.toString(),
      commitment: toHex(fieldToBytes(note.commitment)),
      block: note.block.toString(),
      txid: note.txid === undefined ? null : toHex(note.txid),
      spentBlock: note.spent?.block.toString() ?? null,
      spentTxid: note.spent === undefined ? null : toHex(note.spent.txid),
    }));

/** The history as CSV (RFC 4180), one line a part. Cells that a spreadsheet would take for a formula are quoted with an apostrophe. */
export function historyCsv(history: readonly HistoryEntry[]): string {
  const lines = [["time", "type", "status", "account", "txid", "block", "asset", "amount", "address", "memo", "fee"]];
  for (const { parts, ...entry } of exportHistory(history))
    for (const [i, part] of (parts.length > 0
      ? parts
      : [{ asset: COIN_SYMBOL, amount: "0", address: null, memo: null }]
    ).entries())
      lines.push([
        entry.time ?? "",
        entry.type,
        entry.status,
        String(entry.account),
        entry.txid ?? "",
        entry.block ?? "",
        part.asset,
        part.amount,
        part.address ?? "",
        part.memo ?? "",
        i === 0 ? entry.fee : "0",
      ]);
  return lines.map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
