import { COIN } from "@sero/protocol";
import type { Balance, Wallet } from "@sero/wallet";
import { assetAmountOf, infoOf } from "../assets/index.js";
import type { Context } from "../context.js";
import { coins } from "./amounts.js";
import { withSyncedWallet } from "./open-wallet.js";

const balanceLines = (wallet: Wallet, balance: Balance): string[] => [
  `${assetAmountOf(wallet, balance.total, balance.asset)}${balance.complete ? "" : "  (received only: an incoming view key sees no spends)"}`,
  `  spendable now  ${assetAmountOf(wallet, balance.spendable, balance.asset)}`,
  ...(balance.pending > 0n ? [`  pending        ${assetAmountOf(wallet, balance.pending, balance.asset)}`] : []),
  ...balance.reasons.map(({ sentence }) => `    ${sentence}`),
  ...(infoOf(wallet, balance.asset)?.warnings ?? []).map(({ sentence }) => `  ! ${sentence}`),
];

/** `sero balance`. */
export const balance = (context: Context, account: number | undefined): Promise<void> =>
  withSyncedWallet(context, async (wallet, { head, trust }) => {
    const balances = wallet.balances(account);
    const lines = balances.length === 0 ? [coins(0n)] : balances.flatMap((balance) => balanceLines(wallet, balance));
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
