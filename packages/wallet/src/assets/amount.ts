import { SeroError, formatAmount, fromHex, parseAmount, toHex, type AssetId } from "@sero/protocol";
import { skeletonOf } from "./imitation.js";
import type { AssetInfo } from "./types.js";

/** An amount's digits in the asset's own decimals, without its name: "12.5". */
export const assetDigits = (units: bigint, info: AssetInfo): string => formatAmount(units, info.decimals);

/** An amount with the asset's name and contract: "12.5 GOLD (0x…)", "ART #7 (0x…)", "1 SERO". */
export function formatAssetAmount(units: bigint, info: AssetInfo): string {
  if (info.kind === "ticket" && units === 1n) return info.label;
  const isRaw =
    info.kind !== "coin" && info.warnings.some(({ code }) => code === "not-asked" || code === "unregistered");
  return `${assetDigits(units, info)}${isRaw ? " base units of" : ""} ${info.label}`;
}

/** An amount of an asset. */
export interface AssetAmount {
  readonly asset: AssetId;
  /** Base units, above 0. */
  readonly amount: bigint;
  readonly info: AssetInfo;
}

/**
 * What a person writes for an amount of an asset, among `assets`: "12.5" or "12.5 SERO" (the coin), "12.5 GOLD", "12.5 0xCONTRACT", "ART:7" or
 * "0xCONTRACT:7" (a ticket). A symbol has to be that of one contract only, and SERO is always the coin. Throws amount/*, asset/unknown,
 * asset/ambiguous, asset/suspicious.
 */
export function parseAssetAmount(text: string, assets: readonly AssetInfo[]): AssetAmount {
  const trimmed = text.trim();
  const ticket = /^(\S+):(\d{1,78})$/u.exec(trimmed);
  if (ticket !== null) {
    const info = findAsset(trimmed, assets);
    return { asset: info.asset, amount: 1n, info };
  }
  const parts = /^(\S+)(?:\s+(.+))?$/u.exec(trimmed);
  const info = findAsset(parts?.[2] ?? "SERO", assets);
  const amount = parseAmount(parts?.[1] ?? "", info.decimals);
  if (amount === 0n) throw new SeroError("amount/zero", "Give an amount above zero.");
  return { asset: info.asset, amount, info };
}

/**
 * The asset that a person names: SERO, a symbol, a contract's address, the 32 bytes of an asset id; with ":7" behind symbol or address, ticket
 * number 7. Throws asset/unknown, asset/ambiguous, asset/suspicious (a name that imitates another, which only its contract may be named by).
 */
export function findAsset(text: string, assets: readonly AssetInfo[]): AssetInfo {
  const trimmed = text.trim();
  const [, name = trimmed, number] = /^(.+):(\d{1,78})$/u.exec(trimmed) ?? [];
  const kind = number === undefined ? "token" : "ticket";
  const id = number === undefined ? 0n : BigInt(number);
  const coin = assets.find((info) => info.kind === "coin");
  if (kind === "token" && coin?.symbol === name.toUpperCase()) return coin;
  if (/^0x[0-9a-fA-F]{64}$/.test(name)) {
    const exact = assets.find(({ asset }) => asset === BigInt(name));
    if (exact !== undefined) return exact;
  }
  const ofKind = assets.filter((info) => info.kind === kind && info.id === id);
  if (/^0x[0-9a-fA-F]{40}$/.test(name)) {
    const found = ofKind.find(({ token }) => token !== undefined && toHex(token) === toHex(fromHex(name)));
    if (found !== undefined) return found;
    throw unknown(text);
  }
  const named = ofKind.filter(({ symbol }) => symbol !== undefined && symbol.toLowerCase() === name.toLowerCase());
  const [first, second] = named;
  if (first === undefined) throw unknown(text);
  if (second !== undefined)
    throw new SeroError(
      "asset/ambiguous",
      "Several contracts call themselves that. Name the contract's address instead.",
      {
        contracts: named.map(({ token }) => (token === undefined ? "" : toHex(token))).join(", "),
      },
    );
  const looksLike = assets.some(
    (info) =>
      info.asset !== first.asset &&
      info.symbol !== undefined &&
      info.token !== undefined &&
      (first.token === undefined || toHex(info.token) !== toHex(first.token)) &&
      skeletonOf(info.symbol) === skeletonOf(first.symbol ?? ""),
  );
  if (looksLike || first.warnings.some(({ code }) => code === "imitates-coin" || code === "unsafe-characters"))
    throw new SeroError(
      "asset/suspicious",
      "That name looks like another asset's. Name the contract's address instead.",
      { contract: first.token === undefined ? "" : toHex(first.token) },
    );
  return first;
}

const unknown = (text: string): SeroError =>
  new SeroError(
    "asset/unknown",
    "You hold nothing of that name. Name the contract's address if its name is not known yet.",
    {
      asset: text.slice(0, 100),
    },
  );
