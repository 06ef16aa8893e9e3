import { checkPhrase, deriveAccount, fieldToBytes, phraseToSeed, receiveSlot, toHex } from "@sero/protocol";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { readSecret } from "../io/secrets.js";

/** Options of `sero network slots`. */
export interface NetworkSlotsOptions {
  readonly name?: string;
  readonly count?: string;
  readonly phraseFile?: string;
}

/**
 * `sero network slots`: where a wallet can be given coins at genesis, from its phrase alone, since the chain does not exist yet. Whoever makes the
 * network learns nothing else from them.
 */
export const networkSlots = async (context: Context, options: NetworkSlotsOptions): Promise<void> => {
  const network = options.name ?? "sero-testnet";
  const count = wholeOf(options.count, 4, "The number of slots", 1, 1024);
  const phrase = await readSecret({ file: options.phraseFile, variable: "SERO_PHRASE", prompt: "Phrase: " });
  checkPhrase(phrase);
  const keys = deriveAccount(phraseToSeed(phrase), network, 0);
  const slots = Array.from({ length: count }, (_, i) => toHex(fieldToBytes(receiveSlot(keys, BigInt(i)).inner)));
  context.output.result(
    { network, slots },
    [
      ...slots,
      "",
      `For --alloc of sero network init --name ${network}, one amount each. The wallet restored from this phrase finds them.`,
    ].join("\n"),
  );
};
