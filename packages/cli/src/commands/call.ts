import { fromHex, isHexBytes, SeroError, toHex, type EthAddress, type Inner, type PackageId } from "@sero/protocol";
import type { CallRequest, CallSelf, Wallet } from "@sero/wallet";
import type { Abi, AbiFunction } from "viem";
import { decodeFunctionResult, getAddress, isAddress } from "viem/utils";
import {
  argumentsOf,
  calldataOf,
  methodOf,
  readArtifact,
  revertReason,
  signatureOf,
  type Placeholders,
} from "../abi/index.js";
import { amountOf, tokenNamed } from "../assets/index.js";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { wholeOf } from "../io/numbers.js";
import { coinAmount } from "./amounts.js";
import { withSyncedWallet } from "./open-wallet.js";
import { noteForeignNode } from "./own-node.js";
import { agreeAndSend, checkCanAgree, tellOutcome, type AgreeOptions } from "./prepared-call.js";
import { pseudonymNamed } from "./pseudonyms.js";

/** Options of everything that calls contracts. */
export interface CallOptions extends AgreeOptions {
  readonly abi?: string;
  readonly data?: string;
  readonly value?: string;
  readonly bring?: readonly string[];
  readonly keep?: readonly string[];
  readonly as?: string;
  readonly account?: string;
  readonly gasLimit?: string;
  readonly priceStep?: string;
  readonly force?: boolean;
}

/** Reads an address of 0x and 40 digits. @throws SeroError `cli/address` */
export const contractOf = (text: string): EthAddress => {
  if (!isAddress(text, { strict: false }))
    throw new SeroError(
      "cli/address",
      `"${text.slice(0, 60)}" is no contract's address: 0x and 40 hexadecimal digits.`,
    );
  // Mixed case is a checksum (ERC-55): a wrong one is a typing mistake, and what goes there is lost.
  if (text !== text.toLowerCase() && text.slice(2) !== text.slice(2).toUpperCase() && !isAddress(text))
    throw new SeroError("cli/address", `The address ${text} has a wrong checksum: a character of it is mistyped.`);
  return fromHex(text.toLowerCase()) as EthAddress;
};

/** The words "me" and "slot" in arguments, for a call of this wallet. */
export const placeholdersOf = (self: CallSelf): Placeholders => ({
  self: getAddress(toHex(self.pseudonym)),
  slot: (index) => self.slot(index),
});

/** Stands in where arguments are only checked. */
const NOBODY: CallSelf = {
  pseudonym: new Uint8Array(20) as EthAddress,
  slot: () => 0n as Inner,
  packageId: () => new Uint8Array(32) as PackageId,
};

/** What all calls of a command have in common, from its options. */
export const requestBase = (wallet: Wallet, options: CallOptions): Omit<CallRequest, "calls"> => {
  const bring = (options.bring ?? []).map((text) => amountOf(wallet, text));
  const keep = (options.keep ?? []).map((text) => tokenNamed(wallet, text));
  return {
    account: wholeOf(options.account, 0, "An account", 0, 1_000_000),
    priceStep: wholeOf(options.priceStep, 0, "A price step", 0, wallet.chain.spec.priceLadder.length - 1),
    ...(options.bring === undefined ? {} : { bring }),
    ...(keep.length === 0 ? {} : { keep }),
    ...(options.as === undefined ? {} : { pseudonym: pseudonymNamed(wallet, options.as) }),
    ...(options.gasLimit === undefined
      ? {}
      : { gasLimit: BigInt(wholeOf(options.gasLimit, 0, "A gas limit", 1, Number(wallet.chain.spec.gasLimit))) }),
    ...(options.force === true ? { force: true } : {}),
  };
};

interface Called {
  readonly method: AbiFunction | undefined;
  readonly abi: Abi | undefined;
  readonly dataFor: (self: CallSelf) => Uint8Array;
}

/** What is called: by signature and arguments, or by raw calldata. */
const calledOf = async (method: string | undefined, args: readonly string[], options: CallOptions): Promise<Called> => {
  const abi = options.abi === undefined ? undefined : (await readArtifact(options.abi)).abi;
  if (options.data !== undefined) {
    if (method !== undefined) throw new SeroError("cli/call", "Give either a function with its arguments, or --data.");
    const data = isHexBytes(options.data) ? fromHex(options.data.toLowerCase()) : undefined;
    if (data === undefined) throw new SeroError("cli/call", "--data wants bytes as 0x and hexadecimal digits.");
    return { method: undefined, abi, dataFor: () => data };
  }
  if (method === undefined) return { method: undefined, abi, dataFor: () => new Uint8Array(0) };
  const item = methodOf(method, abi);
  const dataFor = (self: CallSelf): Uint8Array =>
    calldataOf([item], item.name, argumentsOf(item.inputs, args, placeholdersOf(self)));
  // Mistakes in the arguments are found before the wallet is asked for anything.
  dataFor(NOBODY);
  return { method: item, abi: abi ?? ([item] as Abi), dataFor };
};

/** `sero call`: runs a contract's function from a pseudonym, in one anonymous transaction. */
export const call = async (
  context: Context,
  contract: string,
  method: string | undefined,
  args: readonly string[],
  options: CallOptions,
): Promise<void> => {
  const to = contractOf(contract);
  const { abi, dataFor } = await calledOf(method, args, options);
  const value = options.value === undefined ? 0n : coinAmount(options.value);
  checkCanAgree(context, options);
  noteForeignNode(context);
  await withSyncedWallet(context, async (wallet) => {
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      calls: (self) => [{ to, value, data: dataFor(self), ...(abi === undefined ? {} : { abi }) }],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, {});
  });
};

/** `sero view`: asks a contract something and changes nothing. The node learns what is asked. */
export const view = async (
  context: Context,
  contract: string,
  method: string,
  args: readonly string[],
  options: { readonly abi?: string; readonly from?: string },
): Promise<void> => {
  const to = contractOf(contract);
  const { method: item, abi, dataFor } = await calledOf(method, args, options);
  const from = options.from === undefined ? undefined : contractOf(options.from);
  const data = dataFor({ ...NOBODY, ...(from === undefined ? {} : { pseudonym: from }) });
  const message = { to: toHex(to), data: toHex(data), ...(from === undefined ? {} : { from: toHex(from) }) };
  const answer = await jsonRpc(context.nodeUrl)
    .call<unknown>("eth_call", [message, "latest"])
    .catch((error: unknown) => {
      throw explainRevert(error, abi);
    });
  if (typeof answer !== "string" || !isHexBytes(answer))
    throw new SeroError("rpc/bad-answer", "The node's answer is no bytes. Ask another node.");
  const values = decodeAnswer(item!, answer);
  context.output.result(
    { contract: toHex(to), method: signatureOf(item!), answer, values },
    item!.outputs.length === 0 ? answer : values.map((shown) => String(shown)).join("\n"),
  );
};

const decodeAnswer = (item: AbiFunction, answer: string): unknown[] => {
  if (item.outputs.length === 0) return [];
  try {
    const decoded: unknown = decodeFunctionResult({
      abi: [item] as Abi,
      functionName: item.name,
      data: answer as `0x${string}`,
    });
    return item.outputs.length === 1 ? [decoded] : (decoded as unknown[]);
  } catch {
    throw new SeroError(
      "cli/answer",
      answer === "0x"
        ? "There is no contract at this address, or it has no such function."
        : "The contract's answer is not of the types that the signature names.",
      { answer: answer.slice(0, 200) },
    );
  }
};

const explainRevert = (error: unknown, abi: Abi | undefined): unknown => {
  const returned = error instanceof SeroError ? error.values["returned"] : undefined;
  if (typeof returned !== "string") return error;
  const reason = revertReason(fromHex(returned), abi === undefined ? [] : [abi]);
  return new SeroError("call/reverted", `The contract refused: ${reason}.`, { returned });
};
