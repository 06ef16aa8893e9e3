import { z } from "zod";
import { defineMethod } from "../method.js";

const nothing = z.array(z.unknown());

/** The session's pseudonyms (EIP-1474). */
export const ethAccounts = defineMethod({
  name: "eth_accounts",
  params: nothing,
  handle: ({ session }) => session.addresses,
});

/** The same (EIP-1102): the user agreed when the session was opened. */
export const ethRequestAccounts = defineMethod({
  name: "eth_requestAccounts",
  params: nothing,
  handle: ({ session }) => session.addresses,
});

/** The first of them. */
export const ethCoinbase = defineMethod({
  name: "eth_coinbase",
  params: nothing,
  handle: ({ session }) => session.addresses[0] ?? null,
});
