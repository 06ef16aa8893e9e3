import { COIN_DECIMALS, COIN_SYMBOL, formatAmount, parseAmount } from "@sero/protocol";

/** An amount of the coin with its symbol. */
export const coins = (amount: bigint): string => `${formatAmount(amount, COIN_DECIMALS)} ${COIN_SYMBOL}`;

/** An amount of the coin that somebody typed. @throws SeroError `amount/*` */
export const coinAmount = (text: string): bigint => parseAmount(text, COIN_DECIMALS);
