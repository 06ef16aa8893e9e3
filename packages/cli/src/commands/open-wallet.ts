import { DEVELOPMENT_WALLETS, SeroError } from "@sero/protocol";
import { openWallet, type SyncResult, type Wallet } from "@sero/wallet";
import { walletPath, type Context } from "../context.js";
import { openProgress, formatDuration } from "../io/progress.js";
import { readSecret } from "../io/secrets.js";

/** The published passphrase of the published development wallets: it keeps nothing secret, and saves typing. */
export const DEVELOPMENT_PASSPHRASE = "development";

const isDevelopmentWallet = (name: string): boolean => DEVELOPMENT_WALLETS.some((wallet) => wallet.name === name);

/** The passphrase of the context's wallet: from its file, SERO_PASSPHRASE or a prompt. The development wallets' is known. */
export const passphraseOf = async (context: Context, confirm = false): Promise<string> => {
  const given = context.passphraseFile !== undefined || process.env["SERO_PASSPHRASE"] !== undefined;
  if (!given && isDevelopmentWallet(context.walletName)) return DEVELOPMENT_PASSPHRASE;
  return readSecret({
    file: context.passphraseFile,
    variable: "SERO_PASSPHRASE",
    prompt: confirm ? `New passphrase for the wallet ${context.walletName}: ` : `Passphrase of ${context.walletName}: `,
    confirm,
  });
};

/** Opens the context's wallet, hands it to `use`, and closes it whatever happens. */
export const withWallet = async <T>(
  context: Context,
  use: (wallet: Wallet) => Promise<T>,
  options: { readonly rebuild?: boolean } = {},
): Promise<T> => {
  const wallet = await openWallet({
    directory: walletPath(context),
    node: context.nodeUrl,
    passphrase: await passphraseOf(context),
    ...(options.rebuild === undefined ? {} : { rebuild: options.rebuild }),
  });
  if (wallet.recovered) context.output.note("The last write was cut off; what it held is scanned again.");
  try {
    return await use(wallet);
  } finally {
    await wallet.close();
  }
};

/**
 * Synchronises with two progress figures: the chain's and the wallet's. Ctrl-C keeps what is done.
 *
 * @throws SeroError `sync/interrupted` after Ctrl-C
 */
export const syncWallet = async (context: Context, wallet: Wallet): Promise<SyncResult> => {
  const progress = openProgress(context.output, "Synchronising");
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const result = await wallet.sync({
      signal: cancel.signal,
      onProgress: ({ chain, wallet: own, secondsLeft, outputsPerSecond }) => {
        const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
        const behind = chain.syncing ? " (the node is catching up itself)" : "";
        progress.update(
          own.fraction,
          `chain at block ${chain.head}${behind}, wallet at ${own.scanned}, ${Math.round(outputsPerSecond)} outputs/s${left}`,
        );
      },
    });
    if (result.cancelled) {
      throw new SeroError(
        "sync/interrupted",
        "Interrupted. What was scanned is kept; the next command goes on from there.",
      );
    }
    if (result.rewound > 0n) context.output.note(`The chain reorganised: ${result.rewound} blocks were scanned again.`);
    return result;
  } finally {
    process.off("SIGINT", onInterrupt);
    progress.done();
  }
};

/** Opens and synchronises the context's wallet, hands it to `use`, and closes it. */
export const withSyncedWallet = <T>(
  context: Context,
  use: (wallet: Wallet, synced: SyncResult) => Promise<T>,
): Promise<T> => withWallet(context, async (wallet) => use(wallet, await syncWallet(context, wallet)));
