import { COIN, SeroError, assetIdOf, toHex, type AssetId } from "@sero/protocol";
import { spendableNotes } from "../balance/index.js";
import { viewOf, type WalletContext } from "../wallet/context.js";
import type { AssetRef, Brought, PublicAsset } from "./types.js";

/** An asset to bring, and how much of it. */
export interface Bringing {
  readonly asset: AssetId;
  readonly publicAsset: PublicAsset;
  readonly amount: bigint;
}

/** The asset's id in the Pool. */
export function assetIdOfPublic(asset: PublicAsset): AssetId {
  return asset.kind === "token" ? assetIdOf(1, asset.token, 0n) : assetIdOf(2, asset.token, asset.id);
}

/** Contract and number of an asset; undefined if the registry does not have it. */
export function publicAssetOf(context: WalletContext, asset: AssetId): PublicAsset | undefined {
  const known = context.registry.get(asset);
  if (known === undefined) return undefined;
  const { kind, token, id } = known;
  return kind === "token" ? { kind, token } : { kind, token, id };
}

/** Throws call/unknown-asset for an id that the registry does not have. */
function resolve(context: WalletContext, ref: AssetRef): Pick<Bringing, "asset" | "publicAsset"> {
  if (typeof ref !== "bigint") return { asset: assetIdOfPublic(ref), publicAsset: ref };
  const publicAsset = publicAssetOf(context, ref);
  if (publicAsset === undefined)
    throw new SeroError("call/unknown-asset", "The Pool has no such asset. Sync first, or name its contract.", {
      asset: ref.toString(),
    });
  return { asset: ref, publicAsset };
}

/** What the caller names to bring: coin apart, each asset once. Throws call/unknown-asset, call/amount. */
export function bringingOf(
  context: WalletContext,
  brought: readonly Brought[],
): { readonly coin: bigint; readonly assets: readonly Bringing[] } {
  let coin = 0n;
  const assets = new Map<AssetId, Bringing>();
  for (const { asset: ref, amount } of brought) {
    if (amount <= 0n || amount >> 128n !== 0n)
      throw new SeroError("call/amount", "Give an amount to bring that is above 0 and below 2^128 base units.");
    if (ref === COIN) {
      coin += amount;
      continue;
    }
    const resolved = resolve(context, ref);
    const sum = (assets.get(resolved.asset)?.amount ?? 0n) + amount;
    if (resolved.publicAsset.kind === "ticket" && sum !== 1n)
      throw new SeroError("call/amount", "A ticket is one: bring it once, with the amount 1.");
    assets.set(resolved.asset, { ...resolved, amount: sum });
  }
  return { coin, assets: [...assets.values()] };
}

/** Most assets lent to one simulation. */
const MAX_LENT = 8;

/**
 * Spendable assets to lend to a simulation, all of each. `named`: only those whose contract is called or named in the calldata (hex digits of
 * all of it); a token that nobody named could do mischief in a simulation.
 */
export function lendable(context: WalletContext, account: number, named: string | undefined): Bringing[] {
  const sums = new Map<AssetId, bigint>();
  for (const { asset, value } of spendableNotes(viewOf(context), account))
    if (asset !== COIN) sums.set(asset, (sums.get(asset) ?? 0n) + value);
  return [...sums]
    .flatMap(([asset, amount]): Bringing[] => {
      const publicAsset = publicAssetOf(context, asset);
      const isAsked =
        publicAsset !== undefined && (named === undefined || named.includes(toHex(publicAsset.token).slice(2)));
      return isAsked ? [{ asset, publicAsset, amount }] : [];
    })
    .slice(0, MAX_LENT);
}
