import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";
import { walletExists } from "@sero/wallet";
import { walletPath, type Context } from "../context.js";
import { confirm } from "../io/secrets.js";
import { toJson } from "../io/output.js";
import { syncWallet, withSyncedWallet, withWallet } from "./open-wallet.js";

/** `sero wallet list`: the wallets under the home folder. */
export const walletList = async ({ home, output }: Context): Promise<void> => {
  const folder = join(home, "wallets");
  const names = await readdir(folder).catch(() => [] as string[]);
  const wallets: string[] = [];
  for (const name of names.sort()) if (await walletExists(join(folder, name))) wallets.push(name);
  output.result(
    { home, wallets },
    wallets.length === 0 ? `No wallets under ${folder}. \`sero wallet create\` makes one.` : wallets.join("\n"),
  );
};

/** `sero wallet address`: the main address, or a fresh one that nobody can link to it. */
export const walletAddress = (
  context: Context,
  options: { readonly fresh?: boolean; readonly label?: string; readonly all?: boolean },
  account: number | undefined,
): Promise<void> =>
  withWallet(context, async (wallet) => {
    if (options.all === true) {
      const addresses = wallet.addresses(account);
      context.output.result(
        { addresses },
        addresses.map(({ address, label }) => `${address}  ${label ?? ""}`.trimEnd()).join("\n"),
      );
      return;
    }
    const address = options.fresh === true ? await wallet.newAddress(account, options.label) : wallet.address(account);
    context.output.result({ address }, address);
  });

/** `sero wallet sync`. */
export const walletSync = (context: Context, options: { readonly rebuild?: boolean }): Promise<void> =>
  withWallet(
    context,
    async (wallet) => {
      const result = await syncWallet(context, wallet);
      context.output.result(
        result,
        `At block ${result.head} (${result.headHash}). New notes: ${result.newNotes}, spent: ${result.spentNotes}.`,
      );
    },
    options,
  );

/** `sero wallet view-key`: a key that sees and cannot spend. */
export const walletViewKey = async (
  context: Context,
  options: { readonly incoming?: boolean; readonly yes?: boolean },
  account: number | undefined,
): Promise<void> => {
  const kind = options.incoming === true ? "incoming" : "full";
  const warning =
    kind === "full"
      ? "Whoever has a full view key sees the account's whole past and future: income, payments, recipients, memos. It can't be taken back."
      : "Whoever has an incoming view key sees all that others pay to the account, now and later. It can't be taken back.";
  context.output.note(warning);
  if (process.stdin.isTTY && !context.output.json && !(await confirm("Show it?", options.yes === true))) return;
  await withWallet(context, async (wallet) => {
    const viewKey = wallet.viewKey(kind, account);
    context.output.result({ kind, viewKey }, viewKey);
  });
};

/** `sero wallet export`: all of one's own data, readable. */
export const walletExport = (
  context: Context,
  options: { readonly csv?: boolean; readonly out?: string },
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const text = options.csv === true ? wallet.exportCsv() : `${toJson(wallet.export())}\n`;
    if (options.out === undefined) {
      process.stdout.write(text);
      return;
    }
    await writeFile(options.out, text, { mode: 0o600, flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === "EEXIST" ? "There is a file already; name another." : "Check the path and the free space.";
      throw new SeroError("cli/export", `${options.out ?? ""} can't be written. ${why}`, {}, { cause });
    });
    context.output.result(
      { written: options.out },
      `Written to ${options.out}. It is not encrypted: everything of yours is readable in it.`,
    );
  });

/** `sero wallet erase`: destroys the wallet's files for good. */
export const walletErase = async (context: Context, options: { readonly yes?: boolean }): Promise<void> => {
  const place = walletPath(context);
  if (!(await walletExists(place))) throw new SeroError("store/none", `There is no wallet at ${place}.`);
  if (options.yes !== true) {
    if (!process.stdin.isTTY)
      throw new SeroError("cli/confirm", "This destroys the wallet for good. Add --yes if that is meant.");
    const agreed = await confirm(`Destroy ${place} for good? Without its phrase the money is lost.`, false);
    if (!agreed) throw new SeroError("cli/interrupted", "Nothing was erased.");
  }
  await withWallet(context, async (wallet) => {
    const sentences = await wallet.erase();
    context.output.result({ erased: place, sentences }, sentences.join("\n"));
  });
};
