import { type AssetId, fieldToBytes, SeroError, toHex } from "@sero/protocol";
import {
  findAsset,
  formatAssetAmount,
  parseAssetAmount,
  type AssetInfo,
  type PublicAmount,
  type PublicAsset,
  type Wallet,
} from "@sero/wallet";

/** Whatever knows assets: a wallet. */
export type KnowsAssets = Pick<Wallet, "assets">;

/** An amount that somebody typed: "12.5" (the coin), "10 GOLD", "10 0x…", "ART:7". @throws SeroError as `parseAssetAmount` */
export const amountOf = (wallet: KnowsAssets, text: string): { readonly asset: AssetId; readonly amount: bigint } => {
  const { asset, amount } = parseAssetAmount(text, wallet.assets());
  return { asset, amount };
};

/** What the wallet knows of an asset. */
export const infoOf = (wallet: KnowsAssets, asset: AssetId): AssetInfo | undefined =>
  wallet.assets().find((info) => info.asset === asset);

/** An amount of any asset with its name and contract. */
export const assetAmountOf = (wallet: KnowsAssets, amount: bigint, asset: AssetId): string => {
  const info = infoOf(wallet, asset);
  return info === undefined ? `${amount} of asset ${toHex(fieldToBytes(asset))}` : formatAssetAmount(amount, info);
};

/** An amount that is public, with its name where the wallet knows it and its contract where not. */
export const publicAmount = (wallet: KnowsAssets, { asset, amount, kind, token, id }: PublicAmount): string => {
  const info = infoOf(wallet, asset);
  if (info !== undefined) return formatAssetAmount(amount, info);
  const contract = token === undefined ? "" : toHex(token);
  return kind === "ticket" ? `ticket ${id ?? 0n} of ${contract}` : `${amount} base units of ${contract}`;
};

/** A token or ticket by symbol, contract or asset id; a contract's address is enough where the wallet doesn't know it. */
export const tokenNamed = (wallet: KnowsAssets, text: string): PublicAsset => {
  const bare = /^(0x[0-9a-fA-F]{40})(?::(\d{1,78}))?$/.exec(text.trim());
  const known = bare === null ? findAsset(text, wallet.assets()) : undefined;
  if (known !== undefined) {
    if (known.token === undefined)
      throw new SeroError("cli/asset", "Name a token or a ticket; the coin always comes back.");
    return known.kind === "ticket"
      ? { kind: "ticket", token: known.token, id: known.id }
      : { kind: "token", token: known.token };
  }
  const token = Uint8Array.from(Buffer.from(bare![1]!.slice(2), "hex")) as PublicAsset["token"];
  return bare![2] === undefined ? { kind: "token", token } : { kind: "ticket", token, id: BigInt(bare![2]) };
};
