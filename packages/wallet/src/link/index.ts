export { formatLink } from "./format.js";
export { parseLink } from "./parse.js";
export { MAX_LINK_CHARACTERS, MAX_LINK_PAYMENTS, type LinkPayment, type PaymentLink } from "./types.js";
