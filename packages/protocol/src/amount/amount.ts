import { SeroError } from "../errors.js";

/** Decimals of the coin: 1 SERO is 10^18 base units. */
export const COIN_DECIMALS = 18;
/** Symbol of the coin. */
export const COIN_SYMBOL = "SERO";

const LIMIT = 2n ** 128n;

function checkDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 255) {
    throw new SeroError("amount/decimals", "Give decimals as an integer from 0 to 255.", { decimals });
  }
}

/**
 * Base units of a decimal amount: digits, and if need be a point and digits ("12", "0.5"); spaces around it are ignored. No sign,
 * exponent or thousands separator, in any locale. Throws amount/empty, amount/negative, amount/syntax, amount/too-precise (more digits after
 * the point than `decimals`, zeros at the end not counted), amount/too-large (2^128 base units or more).
 */
export function parseAmount(text: string, decimals: number = COIN_DECIMALS): bigint {
  checkDecimals(decimals);
  const trimmed = text.trim();
  if (trimmed === "") throw new SeroError("amount/empty", "Give an amount, such as 12 or 0.5.");
  if (/^[-\u2212]/u.test(trimmed)) {
    throw new SeroError("amount/negative", "Give an amount that is not negative.");
  }
  const match = /^(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (match === null) {
    throw new SeroError("amount/syntax", "Write an amount in digits, with a point before decimals, such as 12 or 0.5.");
  }
  const whole = (match[1] as string).replace(/^0+(?=\d)/, "");
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > decimals) {
    throw new SeroError("amount/too-precise", `Give at most ${decimals} digits after the point.`, {
      digits: fraction.length,
      decimals,
    });
  }
  // 2^128 has 39 digits; the length check keeps the conversion of a hostile text cheap.
  const units = whole.length > 39 ? LIMIT : BigInt(whole + fraction.padEnd(decimals, "0"));
  if (units >= LIMIT) {
    throw new SeroError("amount/too-large", "Give a smaller amount: it must stay below 2^128 base units.");
  }
  return units;
}

/** The shortest decimal text of `units` base units, e.g. "0.5"; negative ones with a leading '-'. parseAmount reads it back. */
export function formatAmount(units: bigint, decimals: number = COIN_DECIMALS): string {
  checkDecimals(decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return (units < 0n ? "-" : "") + (fraction === "" ? whole : `${whole}.${fraction}`);
}
