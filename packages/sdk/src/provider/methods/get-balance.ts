import { z } from "zod";
import { defineMethod } from "../method.js";
import { addressText, quantity, type Hex } from "../json.js";
import { spendableCoin } from "../simulate.js";
import { isNewest } from "../tags.js";

/** A pseudonym of the session has what lies on it and what the user can spend now; anybody else, and the past, as the node says. */
export const ethGetBalance = defineMethod({
  name: "eth_getBalance",
  params: z.union([z.tuple([addressText]), z.tuple([addressText, z.unknown()])]),
  async handle(context, [address, tag], signal) {
    const visible = await context.node.request("eth_getBalance", [address, tag ?? "latest"], signal);
    if (!context.session.addresses.includes(address) || !isNewest(tag)) return visible;
    await context.refreshSoon();
    return quantity(BigInt(visible as Hex) + spendableCoin(context));
  },
});
