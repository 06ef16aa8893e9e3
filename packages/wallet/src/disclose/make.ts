import { SeroError, sign, type AccountKeys } from "@sero/protocol";
import { disclosureDigest, formatDisclosure } from "./text.js";
import type { Disclosure } from "./types.js";

/** Longest message that can be bound in, characters. */
const MAX_MESSAGE = 1024;

/**
 * Makes a disclosure. With `alpha`, the randomiser of the output's bundle (known to the copy of the wallet that made the payment), it is signed under
 * rk. Throws disclosure/message-too-long.
 */
export function makeDisclosure(
  opening: Omit<Disclosure, "signature">,
  signer: { readonly keys: AccountKeys; readonly alpha: bigint } | undefined,
): string {
  if (opening.message.length > MAX_MESSAGE)
    throw new SeroError("disclosure/message-too-long", `Shorten the message to ${MAX_MESSAGE} characters.`);
  const unsigned: Disclosure = { ...opening, signature: undefined };
  if (signer === undefined) return formatDisclosure(unsigned);
  return formatDisclosure({ ...unsigned, signature: sign(signer.keys.ask, signer.alpha, disclosureDigest(unsigned)) });
}
