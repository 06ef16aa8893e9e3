import { readFile } from "node:fs/promises";
import { fieldToBytes, SeroError, toHex, type EthAddress } from "@sero/protocol";
import type { PseudonymInfo, TypedData, Wallet } from "@sero/wallet";
import { z } from "zod";
import type { Context } from "../context.js";
import { withSyncedWallet } from "./open-wallet.js";

/** A kept pseudonym by its address or its label. @throws SeroError `cli/pseudonym` */
export const pseudonymNamed = (wallet: Wallet, text: string): EthAddress => {
  const all = wallet.pseudonyms();
  const found = all.filter(({ address, label }) => toHex(address) === text.toLowerCase() || label === text);
  if (found.length === 1) return found[0]!.address;
  throw new SeroError(
    "cli/pseudonym",
    found.length > 1
      ? `Several pseudonyms are called ${text.slice(0, 40)}; give the address.`
      : `This wallet keeps no pseudonym ${text.slice(0, 44)}. \`sero pseudonym list\` shows them, \`sero pseudonym new\` makes one.`,
  );
};

const line = ({ address, kind, label, site, uses }: PseudonymInfo): string =>
  [
    toHex(address),
    kind === "kept" ? (label ?? "") : "used once",
    site ?? "",
    uses === 0
      ? "never used"
      : `${uses} transaction${uses === 1 ? "" : "s"}${uses > 1 ? ", linked to each other" : ""}`,
  ]
    .filter((part) => part !== "")
    .join("  ");

/** `sero pseudonym list`. */
export const pseudonymList = (context: Context, options: { readonly all?: boolean }): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const all = wallet.pseudonyms({ oneTime: options.all === true });
    context.output.result(
      { pseudonyms: all },
      all.length === 0
        ? "None is kept. Calls use a fresh one each, which is the most private."
        : all.map(line).join("\n"),
    );
  });

/** `sero pseudonym new`: one that is kept, for contracts that must know their caller again. */
export const pseudonymNew = (
  context: Context,
  options: { readonly label?: string; readonly site?: string },
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const made = await wallet.newPseudonym({
      ...(options.label === undefined ? {} : { label: options.label }),
      ...(options.site === undefined ? {} : { site: options.site }),
    });
    // Its key hangs on a random number that only a transaction of ours writes down where a restored wallet finds it.
    const restore = `The phrase alone does not bring it back before it was used: have one transaction under it mined (sero call ... --as ${toHex(made.address)}) before anything is sent to it, or keep a copy of this wallet's files. Else what lies on it can be lost for ever.`;
    context.output.result(
      { ...made, restoredFromPhrase: false, restore },
      `${toHex(made.address)}\nEverything done under it can be linked. Use it for one site or contract only.\n${restore}`,
    );
  });

const typedData = z.object({
  domain: z.record(z.string(), z.unknown()),
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.string(),
  message: z.record(z.string(), z.unknown()),
});

const typedDataFrom = async (path: string): Promise<TypedData> => {
  try {
    return typedData.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    throw new SeroError(
      "cli/typed-data",
      `${path} is not EIP-712 typed data: an object with domain, types, primaryType and message.`,
    );
  }
};

/** `sero pseudonym sign`: an EIP-191 message or EIP-712 typed data. */
export const pseudonymSign = async (
  context: Context,
  name: string,
  options: { readonly message?: string; readonly typedData?: string },
): Promise<void> => {
  const { message, typedData: file } = options;
  if ((message === undefined) === (file === undefined))
    throw new SeroError("cli/sign", "Give either --message or --typed-data.");
  const typed = file === undefined ? undefined : await typedDataFrom(file);
  await withSyncedWallet(context, async (wallet) => {
    const pseudonym = pseudonymNamed(wallet, name);
    const signature =
      typed === undefined ? wallet.signMessage(pseudonym, message ?? "") : wallet.signTypedData(pseudonym, typed);
    context.output.result({ pseudonym: toHex(pseudonym), signature: toHex(signature) }, toHex(signature));
  });
};

/** `sero slot`: a one-time inner that a contract may pay to later. */
export const slot = (context: Context, account: number | undefined): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const { inner, counter } = await wallet.receiveSlot(account);
    context.output.result(
      { inner: toHex(fieldToBytes(inner)), number: counter },
      `${toHex(fieldToBytes(inner))}\nGive it to one contract, for one payment. Whatever a contract pays to it comes to this wallet, and only you can tell.`,
    );
  });
