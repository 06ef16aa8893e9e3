import { createWallet, restoreWallet } from "@sero/wallet";
import { checkPhrase, SeroError } from "@sero/protocol";
import { walletPath, type Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { readSecret } from "../io/secrets.js";
import { passphraseOf } from "./open-wallet.js";

/** `sero wallet create`: a new wallet; its phrase is shown this once. */
export const walletCreate = async (context: Context, options: { readonly words?: string }): Promise<void> => {
  const { output } = context;
  const words = wholeOf(options.words, 24, "The number of words", 12, 24);
  if (words !== 12 && words !== 24) throw new SeroError("cli/number", "A phrase has 12 or 24 words.");
  const passphrase = await passphraseOf(context, true);
  const directory = walletPath(context);
  const { wallet, phrase, birthday } = await createWallet({ directory, passphrase, node: context.nodeUrl, words });
  const address = wallet.address();
  await wallet.close();
  const numbered = phrase.split(" ").map((word, i) => `${String(i + 1).padStart(2)} ${word}`);
  const rows = Array.from({ length: words / 4 }, (_, row) =>
    numbered
      .slice(4 * row, 4 * row + 4)
      .map((cell) => cell.padEnd(14))
      .join(" "),
  );
  output.result(
    { wallet: context.walletName, directory, phrase, birthday, address },
    [
      `The wallet ${context.walletName} is ready. Write these words down, on paper, in this order:`,
      "",
      ...rows.map((row) => `  ${row}`),
      "",
      "They are shown this once. Whoever has them has the money; without them a lost machine means lost money.",
      `Birthday: block ${birthday}. Keep it with the words: a restore that begins there is faster.`,
      "",
      `Your address: ${address}`,
    ].join("\n"),
  );
};

/** Options of `sero wallet restore`. */
export interface RestoreOptions {
  readonly phraseFile?: string;
  readonly viewKeyFile?: string;
  readonly viewKey?: boolean;
  readonly birthday?: string;
  readonly accounts?: string;
}

/** `sero wallet restore`: a wallet from its phrase, or one that only watches, from a view key. */
export const walletRestore = async (context: Context, options: RestoreOptions): Promise<void> => {
  const { output } = context;
  const watching = options.viewKey === true || options.viewKeyFile !== undefined;
  const secret = watching
    ? await readSecret({ file: options.viewKeyFile, variable: "SERO_VIEW_KEY", prompt: "View key: " })
    : await readSecret({ file: options.phraseFile, variable: "SERO_PHRASE", prompt: "Phrase: " });
  if (!watching) checkPhrase(secret);
  const wallet = await restoreWallet({
    directory: walletPath(context),
    passphrase: await passphraseOf(context, true),
    node: context.nodeUrl,
    from: watching ? { viewKey: secret } : { phrase: secret },
    birthday: BigInt(wholeOf(options.birthday, 0, "A birthday", 0, Number.MAX_SAFE_INTEGER)),
    accounts: wholeOf(options.accounts, 1, "The number of accounts", 1, 1000),
  });
  const { kind } = wallet;
  await wallet.close();
  output.result(
    { wallet: context.walletName, directory: walletPath(context), kind },
    `The wallet ${context.walletName} is restored${kind === "spending" ? "" : " and only watches"}. \`sero balance --wallet ${context.walletName}\` reads the chain.`,
  );
};
