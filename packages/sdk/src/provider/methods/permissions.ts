import { z } from "zod";
import type { ProviderContext } from "../context.js";
import type { Json } from "../json.js";
import { defineMethod } from "../method.js";

const granted = ({ session }: ProviderContext): Json => [
  {
    invoker: session.site,
    parentCapability: "eth_accounts",
    caveats: [{ type: "restrictReturnedAccounts", value: session.addresses }],
  },
];

/** EIP-2255: what the session may do was settled when it was opened. */
export const walletGetPermissions = defineMethod({
  name: "wallet_getPermissions",
  params: z.array(z.unknown()),
  handle: granted,
});

/** EIP-2255. */
export const walletRequestPermissions = defineMethod({
  name: "wallet_requestPermissions",
  params: z.array(z.unknown()),
  handle: granted,
});
