import { type AssetId, COIN, COIN_DECIMALS, COIN_SYMBOL, formatAmount } from "@sero/protocol";

/** An amount of the coin with its symbol. */
export const coins = (amount: bigint): string => `${formatAmount(amount, COIN_DECIMALS)} ${COIN_SYMBOL}`;

/** An amount of any asset: the coin by its symbol, others in base units with the start of their id. */
export const assetAmount = (amount: bigint, asset: AssetId): string =>
  asset === COIN ? coins(amount) : `${amount} of asset ${asset.toString(16).padStart(64, "0").slice(0, 12)}…`;
