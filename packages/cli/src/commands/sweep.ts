import { SeroError, toHex } from "@sero/protocol";
import { unseenSentences, type Leftover, type Wallet } from "@sero/wallet";
import { publicAmount, tokenNamed } from "../assets/index.js";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { withSyncedWallet } from "./open-wallet.js";
import { noteForeignNode } from "./own-node.js";
import { agreeAndSend, checkCanAgree, checkOutcome, tellOutcome, type AgreeOptions } from "./prepared-call.js";
import { contractOf } from "./call.js";

/** Options of `sero sweep`. */
export interface SweepCommandOptions extends AgreeOptions {
  readonly account?: string;
  readonly priceStep?: string;
  readonly payer?: string;
  readonly token?: readonly string[];
}

type Payer = "shielded" | "pseudonym";

/** @throws SeroError `cli/payer` */
const payerOf = (text: string | undefined): Payer => {
  if (text === undefined || text === "shielded" || text === "pseudonym") return text ?? "shielded";
  throw new SeroError("cli/payer", 'Say "shielded" or "pseudonym": whose coin pays the gas.');
};

/** What the options say to `leftovers` and to `prepareSweep`. */
const requestOf = (wallet: Wallet, options: SweepCommandOptions) => ({
  where: {
    ...(options.account === undefined ? {} : { account: wholeOf(options.account, 0, "An account", 0, 1_000_000) }),
    ...(options.token === undefined ? {} : { tokens: options.token.map((text) => tokenNamed(wallet, text)) }),
  },
  how: {
    payer: payerOf(options.payer),
    priceStep: wholeOf(options.priceStep, 0, "A price step", 0, wallet.chain.spec.priceLadder.length - 1),
  },
});

const tell = (context: Context, wallet: Wallet, { pseudonym, assets, unseen }: Leftover): void => {
  const what = assets.length === 0 ? "nothing" : assets.map((asset) => publicAmount(wallet, asset)).join(", ");
  context.output.line([`On ${toHex(pseudonym)}: ${what}.`, ...unseenSentences(unseen)].join(" "));
};

/** `sero sweep`: brings in what was left on pseudonyms, or came to them later. Of one that is named only that one is asked about. */
export const sweep = async (
  context: Context,
  pseudonym: string | undefined,
  options: SweepCommandOptions,
): Promise<void> => {
  const named = pseudonym === undefined ? {} : { pseudonym: contractOf(pseudonym) };
  payerOf(options.payer);
  checkCanAgree(context, options);
  noteForeignNode(context);
  await withSyncedWallet(context, async (wallet) => {
    const { output } = context;
    const { where, how } = requestOf(wallet, options);
    const found = await wallet.leftovers({ ...where, ...named });
    const some = found.filter(({ assets }) => assets.length > 0);
    for (const leftover of found) if (leftover.assets.length === 0) tell(context, wallet, leftover);
    if (some.length === 0) {
      output.result(
        { swept: [], unseen: found.map(({ pseudonym: address, unseen }) => ({ pseudonym: address, ...unseen })) },
        pseudonym === undefined
          ? "Nothing was found on any pseudonym of this wallet."
          : "Nothing was found on that pseudonym.",
      );
      return;
    }
    if (some.length > 1)
      output.line(
        "Pseudonyms that are swept one right after the other look as if they were one person's. Name one of them to bring in only that, and the others another day.",
      );
    const swept: unknown[] = [];
    for (const leftover of some) {
      tell(context, wallet, leftover);
      const prepared = await wallet.prepareSweep(leftover.pseudonym, { ...where, ...how });
      const sent = await agreeAndSend(context, wallet, prepared, options);
      if (sent === undefined) return;
      checkOutcome(sent);
      swept.push({ pseudonym: leftover.pseudonym, assets: leftover.assets, unseen: leftover.unseen, ...sent });
      if (!output.json) tellOutcome(context, sent, {});
    }
    if (output.json) output.result({ swept }, "");
  });
};
