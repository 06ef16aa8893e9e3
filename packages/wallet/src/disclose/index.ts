export { makeDisclosure } from "./make.js";
export { formatDisclosure, parseDisclosure } from "./text.js";
export { verifyDisclosure } from "./verify.js";
export type { DisclosedPayment, Disclosure } from "./types.js";
