import { base64urlnopad } from "@scure/base";
import { COIN, COIN_DECIMALS, fieldToBytes, formatAmount, toHex, utf8 } from "@sero/protocol";
import type { LinkPayment, PaymentLink } from "./types.js";

/**
 * Writes a payment link in its canonical form: the first recipient's address as the path, then for each recipient its parameters in
 * fixed order, the first without an index, later ones with `.1`, `.2`, ... (ZIP 321).
 */
export function formatLink(link: PaymentLink): string {
  const [first, ...others] = link.payments;
  if (first === undefined) return "sero:";
  const parameters = [
    ...parametersOf(first, ""),
    ...others.flatMap((payment, i) => [`address.${i + 1}=${payment.address}`, ...parametersOf(payment, `.${i + 1}`)]),
  ];
  return `sero:${first.address}${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

function parametersOf(payment: LinkPayment, suffix: string): string[] {
  const isCoin = payment.asset === COIN;
  const parameters: string[] = [];
  const add = (name: string, value: string): void => void parameters.push(`${name}${suffix}=${value}`);
  if (!isCoin) add("asset", toHex(fieldToBytes(payment.asset)));
  // Decimals of other assets are a matter of their contract: their amounts stand in base units.
  if (payment.amount !== undefined)
    add("amount", isCoin ? formatAmount(payment.amount, COIN_DECIMALS) : payment.amount.toString());
  if (payment.memo !== undefined) add("memo", base64urlnopad.encode(utf8(payment.memo)));
  if (payment.label !== undefined) add("label", encodeText(payment.label));
  if (payment.message !== undefined) add("message", encodeText(payment.message));
  return parameters;
}

/** Percent-encodes what encodeURIComponent leaves but a strict reader might trip over, and half characters, which have no UTF-8. */
function encodeText(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
