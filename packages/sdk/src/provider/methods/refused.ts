import { z } from "zod";
import { unsupported } from "../errors.js";
import { defineMethod, type ProviderMethod } from "../method.js";

const refuse = (name: string, instead: string): ProviderMethod =>
  defineMethod({
    name,
    params: z.array(z.unknown()),
    handle: () => {
      throw unsupported(name, instead);
    },
  });

const TYPED = "Use eth_signTypedData_v4.";

/** Methods that are dangerous or out of date. */
export const REFUSED: readonly ProviderMethod[] = [
  // Whoever gets it signed can have signed anything, a transaction of another chain included.
  refuse("eth_sign", "It signs what nobody can read. Use personal_sign or eth_signTypedData_v4."),
  refuse(
    "eth_signTransaction",
    "A transaction of this chain is signed and proved as it is sent. Use eth_sendTransaction.",
  ),
  refuse("eth_signTypedData", TYPED),
  refuse("eth_signTypedData_v1", TYPED),
  refuse("eth_signTypedData_v3", TYPED),
  refuse("personal_unlockAccount", "A wallet is open as long as its provider runs."),
];
