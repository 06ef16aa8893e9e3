import { COIN, parseAmount, sanitizeName, SeroError } from "@sero/protocol";
import { type LinkPayment, type PaymentRequest, parseLink, type Wallet } from "@sero/wallet";
import { amountOf, assetAmountOf, infoOf, type KnowsAssets } from "../assets/index.js";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { formatDuration, openProgress } from "../io/progress.js";
import { confirm } from "../io/secrets.js";
import { coins } from "./amounts.js";
import { withSyncedWallet } from "./open-wallet.js";

/** Options of `sero send`. */
export interface SendOptions {
  readonly to?: readonly string[];
  readonly amount?: readonly string[];
  readonly memo?: readonly string[];
  readonly link?: string;
  readonly account?: string;
  readonly priceStep?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

const fromLink = (wallet: Wallet, link: string, amounts: readonly string[]): PaymentRequest[] => {
  const open = [...amounts];
  return parseLink(link, wallet.chain.spec.hrp).payments.map(({ address, amount, asset, memo }) => {
    const chosen =
      amount ??
      (open[0] === undefined ? undefined : parseAmount(open.shift() ?? "", infoOf(wallet, asset)?.decimals ?? 0));
    if (chosen === undefined) {
      throw new SeroError("cli/amount", "The link leaves an amount to you. Give it with --amount.", { address });
    }
    return { address, amount: chosen, asset, ...(memo === undefined ? {} : { memo }) };
  });
};

const requestsOf = (wallet: Wallet, options: SendOptions): PaymentRequest[] => {
  const { to = [], amount = [], memo = [] } = options;
  if (options.link !== undefined) return fromLink(wallet, options.link, amount);
  if (to.length === 0 || to.length !== amount.length || memo.length > to.length) {
    throw new SeroError(
      "cli/payments",
      "Give --to and --amount once for each recipient (and --memo in the same order), or --link.",
    );
  }
  return to.map((address, i) => {
    const text = memo[i];
    const request = { address, ...amountOf(wallet, amount[i] ?? "") };
    return text === undefined || text === "" ? request : { ...request, memo: text };
  });
};

/** Whom a payment is for, in its maker's own words. */
type Naming = Pick<LinkPayment, "label" | "message">;

/** One line for each payment: what one agrees to. `namings`: what a link says of them, which anybody can write into a link. */
export const paymentLines = (
  wallet: KnowsAssets,
  payments: readonly PaymentRequest[],
  namings: readonly Naming[],
): string[] =>
  payments.map(({ address, amount, asset, memo }, i) => {
    const says = [namings[i]?.label, namings[i]?.message].filter((text) => text !== undefined);
    return [
      `You pay ${assetAmountOf(wallet, amount, asset ?? COIN)} to ${address}`,
      ...(says.length === 0 ? [] : [`the link says it is "${sanitizeName(says.join(", "), 120)}"`]),
      ...(memo === undefined ? [] : [`memo "${sanitizeName(memo, 120)}"`]),
    ].join("; ");
  });

const sendPrepared = async (
  context: Context,
  wallet: Wallet,
  prepared: Awaited<ReturnType<Wallet["prepareSend"]>>,
): Promise<void> => {
  const { output } = context;
  const progress = openProgress(output, "Proving");
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const receipts = await wallet.send(prepared, {
      signal: cancel.signal,
      onProgress: ({ transaction, transactions, bundle, bundles, step, fraction }) =>
        progress.update(
          (transaction + (bundle + fraction) / Math.max(1, bundles)) / transactions,
          `${step} bundle ${Math.min(bundle + 1, bundles)} of ${bundles}${transactions > 1 ? `, transaction ${transaction + 1} of ${transactions}` : ""}`,
        ),
    });
    progress.done();
    output.result(
      {
        sent: receipts,
        fee: prepared.report.totalFee,
        report: prepared.report.sentences,
        later: prepared.report.later,
      },
      receipts
        .map(({ txid, bytes, proveMs }) => `Sent ${txid} (${bytes} bytes, proved in ${formatDuration(proveMs / 1000)})`)
        .join("\n"),
    );
  } finally {
    process.off("SIGINT", onInterrupt);
    progress.done();
  }
};

/** `sero send`: shows what will be public, asks, proves and sends. */
export const send = (context: Context, options: SendOptions): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const { output } = context;
    const payments = requestsOf(wallet, options);
    const prepared = await wallet.prepareSend({
      payments,
      account: wholeOf(options.account, 0, "An account", 0, 1_000_000),
      priceStep: wholeOf(options.priceStep, 0, "A price step", 0, wallet.chain.spec.priceLadder.length - 1),
    });
    const { report } = prepared;
    const namings = options.link === undefined ? [] : parseLink(options.link, wallet.chain.spec.hrp).payments;
    for (const line of paymentLines(wallet, payments, namings)) output.line(`${line}.`);
    for (const sentence of report.sentences) output.line(sentence);
    output.line(`Fee: ${coins(report.totalFee)}.`);
    if (options.dryRun === true) {
      output.result({ dryRun: true, report }, "");
      return;
    }
    const agreed = options.yes === true || output.json || !process.stdin.isTTY || (await confirm("Send it?", false));
    if (!agreed) throw new SeroError("cli/interrupted", "Nothing was sent.");
    await sendPrepared(context, wallet, prepared);
  });
