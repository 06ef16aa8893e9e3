import { COIN, fromHex, SeroError, toHex } from "@sero/protocol";
import type { PackageInfo, RepackOutput, SealRequest, Wallet } from "@sero/wallet";
import { amountOf, assetAmountOf } from "../assets/index.js";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { contractOf } from "./call.js";
import { withSyncedWallet } from "./open-wallet.js";
import { agreeAndSend, tellOutcome, type AgreeOptions } from "./prepared-call.js";

/** Options of commands about packages that make a transaction. */
export interface PackageOptions extends AgreeOptions {
  readonly account?: string;
  readonly priceStep?: string;
}

const baseOf = (wallet: Wallet, options: PackageOptions): { readonly account: number; readonly priceStep: number } => ({
  account: wholeOf(options.account, 0, "An account", 0, 1_000_000),
  priceStep: wholeOf(options.priceStep, 0, "A price step", 0, wallet.chain.spec.priceLadder.length - 1),
});

const idOf = (text: string): Uint8Array => {
  if (!/^0x[0-9a-f]{64}$/i.test(text))
    throw new SeroError(
      "cli/package",
      "A package's id is 0x and 64 hexadecimal digits. `sero package list` shows yours.",
    );
  return fromHex(text.toLowerCase());
};

const packageOf = async (wallet: Wallet, text: string): Promise<PackageInfo> => {
  const id = toHex(idOf(text));
  const found = (await wallet.packages()).find((info) => toHex(info.id) === id);
  if (found === undefined)
    throw new SeroError(
      "cli/package",
      "This wallet neither controls that package nor knows its contents. Who sealed it can tell you with `sero package share`.",
      { id },
    );
  return found;
};

const describe = (wallet: Wallet, info: PackageInfo): string[] => {
  const { contents, controller } = info;
  return [
    toHex(info.id),
    controller === undefined
      ? "  not sealed any more: released or repacked"
      : `  controlled by ${toHex(controller)}${info.controlled ? ", which is you" : ""}`,
    contents === undefined
      ? "  you can't see what is inside"
      : `  holds ${assetAmountOf(wallet, contents.value, contents.asset)}${contents.own ? ", yours once it is released" : contents.address === undefined ? "" : `, for ${contents.address}`}`,
    ...(contents?.memo === undefined ? [] : [`  memo: ${contents.memo}`]),
    ...(info.sentByUs ? ["  you sealed it"] : []),
  ];
};

/** `sero package list`: packages that this wallet controls, sealed, or may open one day. */
export const packageList = (context: Context, options: { readonly all?: boolean }): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const all = await wallet.packages();
    const shown = options.all === true ? all : all.filter(({ controller }) => controller !== undefined);
    context.output.result(
      { packages: shown },
      shown.length === 0 ? "There are none." : shown.flatMap((info) => describe(wallet, info)).join("\n"),
    );
  });

/** `sero package inspect`: one package by its id, or by the text that `share` gave somebody. */
export const packageInspect = (context: Context, what: string): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const info = /^0x/i.test(what) ? await packageOf(wallet, what) : await wallet.openPackage(what);
    context.output.result(info, describe(wallet, info).join("\n"));
  });

/** `sero package share`: a text that shows a package's contents to whoever gets it. */
export const packageShare = (context: Context, id: string): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const text = await wallet.sharePackage(idOf(id));
    context.output.note(
      "Whoever has this text sees the contents, and can repack them if the controller lets him. It can't take them.",
    );
    context.output.result({ id, text }, text);
  });

/** Options of `sero package seal`. */
export interface SealOptions extends PackageOptions {
  readonly to?: string;
  readonly amount?: string;
  readonly memo?: string;
  readonly controller?: string;
}

/** `sero package seal`: locks an amount into a package for somebody. */
export const packageSeal = (context: Context, options: SealOptions): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    if (options.to === undefined || options.amount === undefined)
      throw new SeroError("cli/package", "Give --to, whose the contents are once it is released, and --amount.");
    const { asset, amount } = amountOf(wallet, options.amount);
    const contents: SealRequest = {
      address: options.to,
      amount,
      ...(asset === COIN ? {} : { asset }),
      ...(options.memo === undefined ? {} : { memo: options.memo }),
      ...(options.controller === undefined ? {} : { controller: contractOf(options.controller) }),
    };
    const prepared = await wallet.prepareSeal({ contents: [contents], ...baseOf(wallet, options) });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent === undefined) return;
    const made = (await wallet.packages()).filter(
      ({ txid }) => txid !== undefined && toHex(txid) === sent.receipt.txid,
    );
    tellOutcome(
      context,
      sent,
      { packages: made.map(({ id, controller }) => ({ id, controller })) },
      made.map(({ id }) => `Package ${toHex(id)}`),
    );
  });

/** `sero package hand-over`: gives a package to another controller; nothing of its contents shows. */
export const packageHandOver = (
  context: Context,
  id: string,
  to: string,
  options: PackageOptions & { readonly data?: string },
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const prepared = await wallet.preparePackageTransfer({
      id: idOf(id),
      to: contractOf(to),
      ...(options.data === undefined ? {} : { data: fromHex(options.data) }),
      ...baseOf(wallet, options),
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, { id, to });
  });

/** `sero package release`: the contents become an ordinary note of whoever they are for. */
export const packageRelease = (context: Context, ids: readonly string[], options: PackageOptions): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const prepared = await wallet.prepareRelease({ ids: ids.map(idOf), ...baseOf(wallet, options) });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, { ids });
  });

const OUTPUT = /^(note|package):([^:]+):([^@]+?)(?:@(0x[0-9a-fA-F]{40}))?$/;

/** `sero package repack`: one or two packages become up to three notes or packages; every sum is kept, and proved to be. */
export const packageRepack = (
  context: Context,
  ids: readonly string[],
  options: PackageOptions & { readonly into?: readonly string[] },
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const outputs = (options.into ?? []).map((text): RepackOutput => {
      const match = OUTPUT.exec(text);
      if (match === null)
        throw new SeroError(
          "cli/package",
          '--into wants "note:ADDRESS:AMOUNT" or "package:ADDRESS:AMOUNT", with "@0xCONTROLLER" behind a package that somebody else shall control.',
        );
      const [, kind, address, amountText, controller] = match;
      const { asset, amount } = amountOf(wallet, amountText!);
      return {
        kind: kind === "note" ? "note" : "package",
        address: address!,
        amount,
        ...(asset === COIN ? {} : { asset }),
        ...(controller === undefined ? {} : { controller: contractOf(controller) }),
      };
    });
    const prepared = await wallet.prepareRepack({ ids: ids.map(idOf), outputs, ...baseOf(wallet, options) });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, { ids });
  });
