import { COIN, assetIdOf, fromHex, type AssetId, type EthAddress } from "@sero/protocol";
import {
  COIN_INFO,
  assetInfos,
  assetOrder,
  findAsset,
  syncMetadata,
  type AssetInfo,
  type RegisteredAsset,
} from "../assets/index.js";
import { checkOpen, type WalletContext } from "./context.js";

/** Options of `refreshAssets`. */
export interface RefreshOptions {
  /** Asks about contracts that were asked before too. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
}

/** Every asset that this wallet ever had or sent. */
function assetsOf({ state: { ledger }, outbox, registry }: WalletContext): AssetId[] {
  const assets = new Set<AssetId>([COIN]);
  for (const { asset } of ledger.notes.values()) assets.add(asset);
  for (const { asset } of ledger.packages.values()) assets.add(asset);
  for (const { outputs } of ledger.sent.values()) for (const { asset } of outputs) assets.add(asset);
  for (const { payments } of outbox) for (const { asset } of payments) assets.add(asset);
  return [...assets].sort(assetOrder(registry.get));
}

function infosOf({ registry }: WalletContext, assets: readonly AssetId[]): AssetInfo[] {
  return assetInfos(
    assets.map((asset) => {
      const registered = registry.get(asset);
      const metadata = registered === undefined ? undefined : registry.metadataOf(registered.token);
      return { asset, registered, metadata };
    }),
  );
}

/** The coin, and every asset that this wallet ever had or sent: tokens, tickets, each by contract. */
export const listAssets = (context: WalletContext): AssetInfo[] => infosOf(context, assetsOf(context));

/** Looks many assets up at once. */
export function infoFinder(context: WalletContext): (asset: AssetId) => AssetInfo {
  const infos = new Map(listAssets(context).map((info) => [info.asset, info]));
  return (asset) => infos.get(asset) ?? assetInfo(context, asset);
}

/** One asset, warned of against all that this wallet has. */
export function assetInfo(context: WalletContext, asset: AssetId): AssetInfo {
  const infos = infosOf(context, [...new Set([...assetsOf(context), asset])]);
  return infos.find((info) => info.asset === asset) ?? COIN_INFO;
}

/**
 * The asset that a person names: as `findAsset` among this wallet's, and by its contract's address (with ":7" for ticket number 7) any that the
 * Pool knows. Throws asset/unknown, asset/ambiguous, asset/suspicious.
 */
export function findAssetByText(context: WalletContext, text: string): AssetInfo {
  const registered = registeredByText(context, text);
  if (registered !== undefined) return assetInfo(context, registered.asset);
  return findAsset(text, listAssets(context));
}

function registeredByText({ registry }: WalletContext, text: string): RegisteredAsset | undefined {
  const match = /^(0x[0-9a-fA-F]{40})(?::(\d{1,78}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const token = fromHex(match[1] ?? "") as EthAddress;
  const id = BigInt(match[2] ?? "0");
  if (id >> 256n !== 0n) return undefined;
  return registry.get(match[2] === undefined ? assetIdOf(1, token, 0n) : assetIdOf(2, token, id));
}

/**
 * Asks the node what the contracts of this wallet's tokens and tickets say about themselves, each once. Tells the node which these are. Returns how
 * many were asked. Throws rpc/*, store/*.
 */
export async function refreshAssets(context: WalletContext, options: RefreshOptions = {}): Promise<number> {
  checkOpen(context);
  const registered = assetsOf(context).flatMap((asset) => context.registry.get(asset) ?? []);
  const asked = await syncMetadata(context.registry, context.client, registered, options.again === true, {
    signal: options.signal,
  });
  if (asked > 0) await context.database.commit();
  return asked;
}

/** Whether a node runs on this machine, and so is the user's own. */
export function isOwnNode(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);
}
