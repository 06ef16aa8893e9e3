import { COIN, COIN_DECIMALS, COIN_SYMBOL, fieldToBytes, sanitizeName, toHex, type AssetId } from "@sero/protocol";
import { getAddress } from "viem/utils";
import { imitatesCoin, skeletonOf } from "./imitation.js";
import type { AssetInfo, AssetWarning, ContractMetadata, RegisteredAsset } from "./types.js";

const NAME_CHARACTERS = 64;
const SYMBOL_CHARACTERS = 16;

/** An asset with what is known of it: `registered` and `metadata` are undefined where nothing is. */
export interface KnownAsset {
  readonly asset: AssetId;
  readonly registered: RegisteredAsset | undefined;
  readonly metadata: ContractMetadata | undefined;
}

/** The coin's. */
export const COIN_INFO: AssetInfo = {
  asset: COIN,
  kind: "coin",
  token: undefined,
  id: 0n,
  name: COIN_SYMBOL,
  symbol: COIN_SYMBOL,
  decimals: COIN_DECIMALS,
  label: COIN_SYMBOL,
  warnings: [],
};

/** Makes assets readable, the coin foremost. Warnings about same symbols are among those given together. */
export function assetInfos(known: readonly KnownAsset[]): AssetInfo[] {
  const contracts = new Map<string, Set<string>>();
  for (const { registered, metadata } of known) {
    if (registered === undefined || metadata?.symbol === undefined) continue;
    const skeleton = skeletonOf(metadata.symbol);
    const holders = contracts.get(skeleton) ?? new Set();
    contracts.set(skeleton, holders.add(toHex(registered.token)));
  }
  return known
    .filter(({ asset }) => asset !== COIN)
    .map((entry) => infoOf(entry, contracts))
    .reduce<AssetInfo[]>((infos, info) => [...infos, info], [COIN_INFO]);
}

function infoOf(
  { asset, registered, metadata }: KnownAsset,
  contracts: ReadonlyMap<string, ReadonlySet<string>>,
): AssetInfo {
  if (registered === undefined)
    return {
      asset,
      kind: "unknown",
      token: undefined,
      id: 0n,
      name: undefined,
      symbol: undefined,
      decimals: 0,
      label: `asset ${toHex(fieldToBytes(asset))}`,
      warnings: [
        {
          code: "unregistered",
          sentence:
            "No node has named a contract for this asset. Sync again; take it for nothing of value until one has.",
        },
      ],
    };
  const { kind, token, id } = registered;
  const safe = (text: string | undefined, limit: number): string | undefined => {
    const shown = text === undefined ? "" : sanitizeName(text, limit);
    return shown === "" ? undefined : shown;
  };
  const name = safe(metadata?.name, NAME_CHARACTERS);
  const symbol = safe(metadata?.symbol, SYMBOL_CHARACTERS);
  const contract = getAddress(toHex(token) as `0x${string}`);
  const shown = [symbol ?? name ?? (kind === "ticket" ? "ticket" : "token"), ...(kind === "ticket" ? [`#${id}`] : [])];
  return {
    asset,
    kind,
    token,
    id,
    name,
    symbol,
    decimals:
      kind === "token" && metadata?.faults.includes("decimals-changed") !== true ? (metadata?.decimals ?? 0) : 0,
    label: `${shown.join(" ")} (${contract})`,
    warnings: warningsOf(registered, metadata, contracts),
  };
}

function warningsOf(
  { kind, token }: RegisteredAsset,
  metadata: ContractMetadata | undefined,
  contracts: ReadonlyMap<string, ReadonlySet<string>>,
): AssetWarning[] {
  if (metadata === undefined)
    return [
      {
        code: "not-asked",
        sentence:
          "The contract has not been asked for its name and decimals yet, so amounts are in base units. Asking tells the node which token it is: ask your own.",
      },
    ];
  const warnings: AssetWarning[] = [];
  const { name, symbol, decimals, faults } = metadata;
  if ([name, symbol].some((text) => text !== undefined && imitatesCoin(text)))
    warnings.push({
      code: "imitates-coin",
      sentence:
        "This is not the coin: a contract that anybody could have made gave itself a name that looks like SERO.",
    });
  const others = [...(contracts.get(skeletonOf(symbol ?? "")) ?? [])].filter((holder) => holder !== toHex(token));
  if (symbol !== undefined && others.length > 0)
    warnings.push({
      code: "same-symbol",
      sentence: `You also hold a token of another contract that calls itself the same (${others.map((other) => getAddress(other as `0x${string}`)).join(", ")}). Tell them apart by their contracts.`,
    });
  if ([name, symbol].some((text) => text !== undefined && isUnsafe(text)))
    warnings.push({
      code: "unsafe-characters",
      sentence: "The contract's name or symbol has characters that hide or reorder text; they are shown as \ufffd.",
    });
  if (kind === "token" && faults.includes("decimals-changed"))
    warnings.push({
      code: "bad-metadata",
      sentence: "The contract has changed how many decimals it says it has, so amounts are in base units.",
    });
  else if (kind === "token" && decimals === undefined)
    warnings.push({
      code: "bad-metadata",
      sentence: "The contract does not say how many decimals it has, or says nonsense, so amounts are in base units.",
    });
  if (faults.includes("symbol") && faults.includes("name"))
    warnings.push({ code: "bad-metadata", sentence: "The contract has no name and no symbol that can be read." });
  return warnings;
}

/** Whether showing a text as it is could fool a reader; spaces and length alone cannot. */
const isUnsafe = (text: string): boolean => sanitizeName(text, text.length + 1).includes("\ufffd") || hasJoiner(text);
const hasJoiner = (text: string): boolean => /[\u200c\u200d]/u.test(text);
