import { COIN } from "@sero/protocol";
import type { Balance } from "@sero/wallet";
import type { Context } from "../context.js";
import { assetAmount, coins } from "./amounts.js";
import { withSyncedWallet } from "./open-wallet.js";

const balanceLines = (balance: Balance): string[] => [
  `${assetAmount(balance.total, balance.asset)}${balance.complete ? "" : "  (received only: an incoming view key sees no spends)"}`,
  `  spendable now  ${assetAmount(balance.spendable, balance.asset)}`,
  ...(balance.pending > 0n ? [`  pending        ${assetAmount(balance.pending, balance.asset)}`] : []),
  ...balance.reasons.map(({ sentence }) => `    ${sentence}`),
];

/** `sero balance`. */
export const balance = (context: Context, account: number | undefined): Promise<void> =>
  withSyncedWallet(context, async (wallet, { head, trust }) => {
    const balances = wallet.balances(account);
    const lines = balances.length === 0 ? [coins(0n)] : balances.flatMap(balanceLines);
    context.output.result(
      {
        block: head,
        trust,
        balances: balances.length === 0 ? [{ asset: COIN, spendable: 0n, pending: 0n, total: 0n }] : balances,
      },
      [
        ...lines,
        "",
        `At block ${head}${trust === "node" ? ", as your node tells it" : ", as several nodes agree"}.`,
      ].join("\n"),
    );
  });
