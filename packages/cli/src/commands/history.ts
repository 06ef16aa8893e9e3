import type { HistoryEntry, Wallet } from "@sero/wallet";
import { assetAmountOf } from "../assets/index.js";
import type { Context } from "../context.js";
import { coins } from "./amounts.js";
import { withSyncedWallet } from "./open-wallet.js";

const KINDS = {
  received: "received",
  sent: "sent",
  genesis: "from genesis",
  contract: "from a contract",
  call: "called contracts",
} as const;

const time = (timestamp: bigint | undefined): string =>
  timestamp === undefined
    ? "not in a block yet   "
    : new Date(Number(timestamp) * 1000).toISOString().replace("T", " ").slice(0, 19) + "Z ";

const entryLines = (wallet: Wallet, entry: HistoryEntry): string[] => {
  const status = entry.status === "mined" ? "" : `  [${entry.status}]`;
  const where = entry.block === undefined ? "" : `block ${entry.block}`;
  return [
    `${time(entry.timestamp)} ${KINDS[entry.type]}${status}  ${where}  ${entry.txid ?? ""}`,
    ...entry.parts.flatMap((part) => [
      `    ${assetAmountOf(wallet, part.amount, part.asset)}${part.address === undefined ? "" : ` to ${part.address}`}`,
      ...(part.memo === undefined ? [] : part.memo.split("\n").map((line) => `      | ${line}`)),
    ]),
    ...(entry.pseudonym === undefined
      ? []
      : [`    as ${entry.pseudonym}${entry.callFailed ? "; it failed, and all but the gas came back" : ""}`]),
    ...(entry.moves ?? []).map(
      ({ asset, amount }) =>
        `    ${amount < 0n ? "-" : "+"}${assetAmountOf(wallet, amount < 0n ? -amount : amount, asset)}`,
    ),
    ...(entry.fee > 0n ? [`    fee ${coins(entry.fee)}`] : []),
  ];
};

/** `sero history`: newest first. */
export const history = (context: Context, account: number | undefined): Promise<void> =>
  withSyncedWallet(context, async (wallet, { head }) => {
    const entries = wallet.history(account);
    context.output.result(
      { block: head, history: entries },
      entries.length === 0
        ? "Nothing received or sent yet."
        : entries.flatMap((entry) => entryLines(wallet, entry)).join("\n"),
    );
  });
