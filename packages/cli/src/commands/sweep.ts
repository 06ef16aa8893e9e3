import { toHex } from "@sero/protocol";
import { publicAmount } from "../assets/index.js";
import type { Context } from "../context.js";
import { withSyncedWallet } from "./open-wallet.js";
import { noteForeignNode } from "./own-node.js";
import { agreeAndSend, checkCanAgree, checkOutcome, tellOutcome, type AgreeOptions } from "./prepared-call.js";
import { contractOf } from "./call.js";

/** `sero sweep`: brings in what was left on pseudonyms, or came to them later. */
export const sweep = async (
  context: Context,
  pseudonym: string | undefined,
  options: AgreeOptions,
): Promise<void> => {
  checkCanAgree(context, options);
  noteForeignNode(context);
  await withSyncedWallet(context, async (wallet) => {
    const { output } = context;
    const wanted = pseudonym === undefined ? undefined : toHex(contractOf(pseudonym));
    const some = (await wallet.leftovers()).filter(
      (leftover) => wanted === undefined || toHex(leftover.pseudonym) === wanted,
    );
    if (some.length === 0) {
      output.result({ swept: [] }, "Nothing is left on any pseudonym of this wallet.");
      return;
    }
    if (some.length > 1)
      output.line(
        "Pseudonyms that are swept one right after the other look as if they were one person's. Name one of them to bring in only that, and the others another day.",
      );
    const swept: unknown[] = [];
    for (const leftover of some) {
      output.line(
        `On ${toHex(leftover.pseudonym)}: ${leftover.assets.map((asset) => publicAmount(wallet, asset)).join(", ")}.`,
      );
      const sent = await agreeAndSend(context, wallet, await wallet.prepareSweep(leftover.pseudonym), options);
      if (sent === undefined) return;
      checkOutcome(sent);
      swept.push({ pseudonym: leftover.pseudonym, assets: leftover.assets, ...sent });
      if (!output.json) tellOutcome(context, sent, {});
    }
    if (output.json) output.result({ swept }, "");
  });
};
