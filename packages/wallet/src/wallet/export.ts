import {
  COIN,
  COIN_SYMBOL,
  compareBytes,
  fieldToBytes,
  formatAmount,
  sanitizeText,
  toHex,
  type AssetId,
} from "@sero/protocol";
import { assetDigits, type AssetInfo } from "../assets/index.js";
import type { Balance, HistoryEntry, OwnedNote, PackageContents } from "../types.js";

/**
 * One's own data in readable form. `asset` is "SERO" or an asset's id, which stands in `assets`. Amounts are decimal texts in the asset's decimals there.
 * No key is in it.
 */
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
  /** Every asset that the wallet ever had or sent. */
  readonly assets: readonly ExportedAsset[];
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
  /** Packages whose contents the wallet knows. */
  readonly packages: readonly ExportedPackage[];
}

/** One asset. Names are what its contract calls itself, made safe to show. */
export interface ExportedAsset {
  readonly asset: string;
  readonly kind: string;
  readonly contract: string | null;
  readonly ticket: string | null;
  readonly name: string | null;
  readonly symbol: string | null;
  readonly decimals: number;
  readonly warnings: readonly string[];
}

/** One package. */
export interface ExportedPackage {
  readonly id: string;
  readonly account: number;
  readonly own: boolean;
  readonly sent: boolean;
  readonly asset: string;
  readonly amount: string;
  readonly address: string | null;
  readonly memo: string | null;
  readonly block: string;
  readonly txid: string | null;
  readonly releasedBlock: string | null;
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
    readonly package: string | null;
  }[];
  /** Of a call: "0x…". */
  readonly pseudonym: string | null;
  readonly callFailed: boolean;
  /** Of a call: what it changed besides fee and parts; amounts may be negative. */
  readonly moves: readonly { readonly asset: string; readonly amount: string }[];
}

/** Makes an asset readable. */
export type InfoOf = (asset: AssetId) => AssetInfo;

const idText = (asset: AssetId): string => (asset === COIN ? COIN_SYMBOL : toHex(fieldToBytes(asset)));
const memoText = (memo: string | undefined): string | null => (memo === undefined ? null : sanitizeText(memo));
const hexText = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : toHex(bytes));

/** Assets for an export. */
export const exportAssets = (infos: readonly AssetInfo[]): ExportedAsset[] =>
  infos.map(({ asset, kind, token, id, name, symbol, decimals, warnings }) => ({
    asset: idText(asset),
    kind,
    contract: hexText(token),
    ticket: kind === "ticket" ? id.toString() : null,
    name: name ?? null,
    symbol: symbol ?? null,
    decimals,
    warnings: warnings.map(({ sentence }) => sentence),
  }));

/** Balances for an export. */
export const exportBalances = (balances: readonly Balance[], infoOf: InfoOf): WalletExport["balances"] =>
  balances.map(({ asset, spendable, pending, total, notes }) => ({
    asset: idText(asset),
    spendable: assetDigits(spendable, infoOf(asset)),
    pending: assetDigits(pending, infoOf(asset)),
    total: assetDigits(total, infoOf(asset)),
    notes,
  }));

/** History for an export. */
export const exportHistory = (history: readonly HistoryEntry[], infoOf: InfoOf): ExportedEntry[] =>
  history.map((entry) => ({
    type: entry.type,
    status: entry.status,
    account: entry.account,
    txid: entry.txid ?? null,
    block: entry.block?.toString() ?? null,
    time: timeText(entry),
    fee: formatAmount(entry.fee),
    parts: entry.parts.map((part) => ({
      asset: idText(part.asset),
      amount: assetDigits(part.amount, infoOf(part.asset)),
      address: part.address ?? null,
      memo: part.memo ?? null,
      package: part.package ?? null,
    })),
    pseudonym: entry.pseudonym ?? null,
    callFailed: entry.callFailed,
    moves: (entry.moves ?? []).map(({ asset, amount }) => ({
      asset: idText(asset),
      amount: assetDigits(amount, infoOf(asset)),
    })),
  }));

const timeText = ({ timestamp }: HistoryEntry): string | null =>
  timestamp === undefined ? null : new Date(Number(timestamp) * 1000).toISOString();

/** Notes for an export. */
export const exportNotes = (notes: Iterable<OwnedNote>, infoOf: InfoOf): ExportedNote[] =>
  [...notes]
    .sort((a, b) => (a.leafIndex < b.leafIndex ? -1 : 1))
    .map((note) => ({
      account: note.account,
      origin: note.origin,
      asset: idText(note.asset),
      amount: assetDigits(note.value, infoOf(note.asset)),
      memo: memoText(note.memo),
      leafIndex: note.leafIndex.toString(),
      commitment: toHex(fieldToBytes(note.commitment)),
      block: note.block.toString(),
      txid: hexText(note.txid),
      spentBlock: note.spent?.block.toString() ?? null,
      spentTxid: hexText(note.spent?.txid),
    }));

/** Packages for an export. */
export const exportPackages = (packages: Iterable<PackageContents>, infoOf: InfoOf): ExportedPackage[] =>
  [...packages].sort(byAge).map((contents) => ({
    id: toHex(contents.id),
    account: contents.account,
    own: contents.own,
    sent: contents.sent,
    asset: idText(contents.asset),
    amount: assetDigits(contents.value, infoOf(contents.asset)),
    address: contents.address ?? null,
    memo: memoText(contents.memo),
    block: contents.block.toString(),
    txid: hexText(contents.txid),
    releasedBlock: contents.released?.block.toString() ?? null,
  }));

const byAge = (a: PackageContents, b: PackageContents): number =>
  a.block < b.block ? -1 : a.block > b.block ? 1 : compareBytes(a.id, b.id) || a.account - b.account;

const COLUMNS = [
  "time",
  "type",
  "status",
  "account",
  "txid",
  "block",
  "asset",
  "amount",
  "address",
  "memo",
  "fee",
  "direction",
  "asset id",
];

interface CsvLine {
  readonly asset: AssetId;
  /** Never negative. */
  readonly amount: bigint;
  readonly address: string | undefined;
  readonly memo: string | undefined;
  readonly direction: "in" | "out";
}

/**
 * The history as CSV (RFC 4180), one line a part, and for calls one for each asset that they moved. Assets stand with their contract's address, so
 * that none passes for another. Cells that a spreadsheet would take for a formula are quoted with an apostrophe.
 */
export function historyCsv(history: readonly HistoryEntry[], infoOf: InfoOf): string {
  const lines = [COLUMNS];
  for (const entry of history)
    for (const [i, { asset, amount, address, memo, direction }] of csvLines(entry).entries())
      lines.push([
        timeText(entry) ?? "",
        entry.type,
        entry.callFailed ? "failed" : entry.status,
        String(entry.account),
        entry.txid ?? "",
        entry.block?.toString() ?? "",
        infoOf(asset).label,
        assetDigits(amount, infoOf(asset)),
        address ?? "",
        memo ?? "",
        i === 0 ? formatAmount(entry.fee) : "0",
        direction,
        idText(asset),
      ]);
  return lines.map((cells) => cells.map(cell).join(",")).join("\r\n") + "\r\n";
}

function csvLines(entry: HistoryEntry): CsvLine[] {
  const isOurs = entry.type === "sent" || entry.type === "call";
  const lines = [
    ...entry.parts.map(({ asset, amount, address, memo }): CsvLine => ({
      asset,
      amount,
      address,
      memo,
      direction: isOurs ? "out" : "in",
    })),
    ...(entry.moves ?? []).map(({ asset, amount }): CsvLine => ({
      asset,
      amount: amount < 0n ? -amount : amount,
      address: entry.pseudonym,
      memo: undefined,
      direction: amount < 0n ? "out" : "in",
    })),
  ];
  // A transaction that paid nobody still cost its fee.
  return lines.length > 0
    ? lines
    : [{ asset: COIN, amount: 0n, address: undefined, memo: undefined, direction: isOurs ? "out" : "in" }];
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
