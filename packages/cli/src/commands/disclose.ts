import { text as readAll } from "node:stream/consumers";
import { SeroError } from "@sero/protocol";
import { formatLink, httpClient, verifyDisclosure } from "@sero/wallet";
import { COIN, COIN_DECIMALS, parseAmount } from "@sero/protocol";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { withSyncedWallet, withWallet } from "./open-wallet.js";

/** `sero disclose`: a text that shows one output of one payment to one verifier. */
export const disclose = (
  context: Context,
  txid: string,
  options: { readonly output?: string; readonly message?: string },
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const known = wallet.history().find((entry) => entry.txid?.toLowerCase() === txid.toLowerCase());
    const indexes = (known?.parts ?? []).flatMap(({ outputs }) => outputs);
    if (options.output === undefined && indexes.length > 1) {
      throw new SeroError(
        "cli/output",
        `This payment has several outputs of yours (${indexes.join(", ")}). Choose one with --output.`,
      );
    }
    const outputIndex = wholeOf(options.output, indexes[0] ?? 0, "An output", 0, 23);
    const disclosure = wallet.disclose(txid, outputIndex, options.message ?? "");
    context.output.result({ txid, outputIndex, disclosure }, disclosure);
  });

/** `sero verify-disclosure`: checks such a text against the chain. Needs no wallet. */
export const verify = async (
  { output, nodeUrl }: Context,
  text: string,
  options: { readonly message?: string },
): Promise<void> => {
  const content = text === "-" ? await readAll(process.stdin) : text;
  const payment = await verifyDisclosure(httpClient(nodeUrl), content.trim(), options.message ?? "");
  output.result(payment, ["This disclosure is true.", "", ...payment.sentences].join("\n"));
};

/** `sero link`: a payment link to oneself, for somebody to pay. */
export const link = (
  context: Context,
  options: {
    readonly amount?: string;
    readonly memo?: string;
    readonly label?: string;
    readonly message?: string;
    readonly main?: boolean;
  },
  account: number | undefined,
): Promise<void> =>
  withWallet(context, async (wallet) => {
    const address = options.main === true ? wallet.address(account) : await wallet.newAddress(account, options.label);
    const text = formatLink({
      payments: [
        {
          address,
          amount: options.amount === undefined ? undefined : parseAmount(options.amount, COIN_DECIMALS),
          asset: COIN,
          memo: options.memo,
          label: options.label,
          message: options.message,
        },
      ],
    });
    context.output.result({ link: text, address }, text);
  });
