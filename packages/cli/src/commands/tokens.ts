import { AMOUNT_LIMIT, parseAmount, SeroError, toHex, type EthAddress } from "@sero/protocol";
import { SERO_TICKET, SERO_TOKEN } from "@sero/contracts";
import type { AssetInfo, CallSelf, CallSpec, Wallet } from "@sero/wallet";
import type { Abi } from "viem";
import { calldataOf, creationOf, firstCreation } from "../abi/index.js";
import { amountOf, infoOf } from "../assets/index.js";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { wholeOf } from "../io/numbers.js";
import { contractOf, requestBase, type CallOptions } from "./call.js";
import { withSyncedWallet } from "./open-wallet.js";
import { agreeAndSend, tellOutcome } from "./prepared-call.js";
import { pseudonymNamed } from "./pseudonyms.js";

const NOBODY = `0x${"00".repeat(20)}`;

/** Options of `sero token create`. */
export interface TokenCreateOptions extends CallOptions {
  readonly supply?: string;
  readonly decimals?: string;
  readonly cap?: string;
  readonly owner?: string;
}

/** Whose the contract is afterwards: nobody's where the supply is fixed. */
const ownerOf = (wallet: Wallet, options: { readonly owner?: string }, needed: boolean): string => {
  if (options.owner !== undefined)
    return toHex(
      /^0x[0-9a-fA-F]{40}$/.test(options.owner) ? contractOf(options.owner) : pseudonymNamed(wallet, options.owner),
    );
  if (needed)
    throw new SeroError(
      "cli/owner",
      "A supply that can grow needs an owner who makes it grow: --owner with a pseudonym that is kept (`sero pseudonym new`).",
    );
  return NOBODY;
};

/** `sero token create`: a contract and its first supply, straight into this wallet, in one transaction. */
export const tokenCreate = (
  context: Context,
  name: string,
  symbol: string,
  options: TokenCreateOptions,
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const decimals = wholeOf(options.decimals, 18, "The decimals", 0, 36);
    const supply = options.supply === undefined ? 0n : parseAmount(options.supply, decimals);
    const cap =
      options.cap === undefined ? 0n : options.cap === "none" ? (1n << 256n) - 1n : parseAmount(options.cap, decimals);
    if (supply >= AMOUNT_LIMIT) throw new SeroError("amount/too-large", "A supply must stay below 2^128 base units.");
    if (supply === 0n && cap === 0n) throw new SeroError("cli/supply", "Give --supply, or a --cap with an --owner.");
    const owner = ownerOf(wallet, options, cap > 0n);
    const abi = SERO_TOKEN.abi as Abi;
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      // A kept pseudonym's nonce isn't known here, and nobody needs to know the creator again.
      pseudonym: "one-time",
      calls: (self): readonly CallSpec[] => [
        { data: creationOf(abi, SERO_TOKEN.creation, [name, symbol, decimals, supply, cap, owner]), abi, name: symbol },
        ...(supply === 0n
          ? []
          : [
              {
                to: firstCreation(self.pseudonym),
                data: calldataOf(abi, "launch", [self.slot(0), "0x"]),
                abi,
                name: symbol,
              },
            ]),
      ],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent === undefined) return;
    const contract = sent.outcome?.created[0];
    tellOutcome(
      context,
      sent,
      { contract, supply },
      contract === undefined
        ? []
        : [`The token ${symbol} is ${toHex(contract)}. All of its first supply is yours, and nobody sees that.`],
    );
  });

/** Decimals of a token that the wallet never had, in the contract's own word: a wrong guess would mint a million times too much. @throws SeroError `cli/asset` */
export const decimalsOf = async (context: Pick<Context, "nodeUrl">, token: EthAddress): Promise<number> => {
  const data = calldataOf(SERO_TOKEN.abi as Abi, "decimals", []);
  const answer = await jsonRpc(context.nodeUrl)
    .call<unknown>("eth_call", [{ to: toHex(token), data: toHex(data) }, "latest"])
    .catch((error: unknown) => {
      if (error instanceof SeroError && error.code === "rpc/refused") return undefined;
      throw error;
    });
  const decimals = typeof answer === "string" && /^0x[0-9a-f]{64}$/i.test(answer) ? BigInt(answer) : undefined;
  if (decimals === undefined || decimals > 36n)
    throw new SeroError("cli/asset", `${toHex(token)} is no token that says how many decimals it has.`);
  return Number(decimals);
};

/** `sero token mint`: more of a token whose owner this wallet is, for this wallet. */
export const tokenMint = (context: Context, token: string, amountText: string, options: CallOptions): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    if (options.as === undefined)
      throw new SeroError("cli/owner", "Give the owner with --as: a pseudonym that is kept.");
    const to = contractOf(token);
    const known = wallet
      .assets()
      .find((info) => info.kind === "token" && info.token !== undefined && toHex(info.token) === toHex(to));
    const amount = parseAmount(amountText, known?.decimals ?? (await decimalsOf(context, to)));
    const abi = SERO_TOKEN.abi as Abi;
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      calls: (self) => [{ to, data: calldataOf(abi, "mint", [self.slot(0), amount, "0x"]), abi }],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, { amount });
  });

/** `sero token burn`: destroys tokens; the supply on the chain shrinks by them. */
export const tokenBurn = (context: Context, amountText: string, options: CallOptions): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const { asset, amount } = amountOf(wallet, amountText);
    const info = infoOf(wallet, asset);
    const to = info?.token;
    if (info === undefined || to === undefined)
      throw new SeroError("cli/asset", 'Name what to burn with its amount, like "10 GOLD" or "ART:7".');
    const ticket = info.kind === "ticket";
    const abi = (ticket ? SERO_TICKET.abi : SERO_TOKEN.abi) as Abi;
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      bring: [{ asset, amount }],
      calls: [{ to, data: calldataOf(abi, "burn", [ticket ? info.id : amount]), abi }],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent !== undefined) tellOutcome(context, sent, { burnt: amount, asset });
  });

/** Options of `sero ticket create`. */
export interface TicketCreateOptions extends CallOptions {
  readonly count?: string;
  readonly max?: string;
  readonly uri?: string;
  readonly owner?: string;
}

const MOST_AT_ONCE = 64;

/** `sero ticket create`: a ticket series, its first tickets straight into this wallet, in one transaction. */
export const ticketCreate = (
  context: Context,
  name: string,
  symbol: string,
  options: TicketCreateOptions,
): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const count = wholeOf(options.count, 1, "The number of tickets", 0, MOST_AT_ONCE);
    const most = wholeOf(options.max, count, "The largest number of tickets", Math.max(1, count), 1_000_000_000);
    const owner = ownerOf(wallet, options, most > count);
    const abi = SERO_TICKET.abi as Abi;
    const ids = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    // The creator makes the first tickets and then gives the series away, all in one transaction.
    const first = (self: CallSelf): CallSpec[] => {
      const to = firstCreation(self.pseudonym);
      const mint = calldataOf(abi, "mint", [ids.map((_, i) => self.slot(i)), ids, ids.map(() => "0x")]);
      const handOver = calldataOf(abi, "transferOwnership", [owner]);
      return [
        ...(count === 0 ? [] : [{ to, data: mint, abi, name: symbol }]),
        { to, data: handOver, abi, name: symbol },
      ];
    };
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      pseudonym: "one-time",
      calls: (self): readonly CallSpec[] => [
        {
          data: creationOf(abi, SERO_TICKET.creation, [
            name,
            symbol,
            options.uri ?? "",
            BigInt(most),
            toHex(self.pseudonym),
          ]),
          abi,
          name: symbol,
        },
        ...first(self),
      ],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent === undefined) return;
    const contract = sent.outcome?.created[0];
    tellOutcome(
      context,
      sent,
      { contract, tickets: ids },
      contract === undefined ? [] : [`The series ${symbol} is ${toHex(contract)}; tickets 1 to ${count} are yours.`],
    );
  });

const assetLines = (info: AssetInfo, held: bigint): string[] => [
  `${info.label}${info.name === undefined ? "" : `  "${info.name}"`}`,
  `  ${info.kind === "ticket" ? (held > 0n ? "yours" : "not held now") : `${held} base units, ${info.decimals} decimals`}`,
  ...info.warnings.map(({ sentence }) => `  ! ${sentence}`),
];

/** `sero token list` and `sero ticket list`. */
export const assetList = (context: Context, kind: "token" | "ticket"): Promise<void> =>
  withSyncedWallet(context, async (wallet) => {
    const held = new Map(wallet.balances().map(({ asset, total }) => [asset, total]));
    const infos = wallet.assets().filter((info) => info.kind === kind || (kind === "token" && info.kind === "unknown"));
    context.output.result(
      { assets: infos.map((info) => ({ ...info, held: held.get(info.asset) ?? 0n })) },
      infos.length === 0
        ? `This wallet has seen no ${kind}s.`
        : infos.flatMap((info) => assetLines(info, held.get(info.asset) ?? 0n)).join("\n"),
    );
  });
