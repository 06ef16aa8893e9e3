import { z } from "zod";
import { COIN, isHexBytes, toHex } from "@sero/protocol";
import type { ProviderContext } from "./context.js";
import { CODES, ProviderRpcError } from "./errors.js";
import { quantity, type Hex } from "./json.js";
import type { HeldAsset } from "./types.js";

/** Tokens and tickets that one simulation is lent: each costs the node a transfer. */
const MAX_LENT = 16;

/** A call to be tried. */
export interface TriedCall {
  readonly to: Hex | undefined;
  readonly value: bigint;
  readonly data: Hex;
}

const bytes = z.string().refine(isHexBytes);

const answer = z.object({
  ok: z.boolean(),
  failure: z
    .object({
      step: z.string(),
      index: z
        .union([z.number(), z.string().transform(Number)])
        .pipe(z.number().int().nonnegative())
        .nullish(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      output: bytes.nullish(),
    })
    .nullish(),
  calls: z.array(z.object({ output: bytes.nullish() })),
});

interface Loan {
  readonly kind: "token" | "ticket";
  readonly token: Hex;
  readonly id: bigint;
  readonly amount: bigint;
}

/** What the wallet holds of the contracts that a call goes to or names in its data: more would cost much and change nothing. */
function loansFor(context: ProviderContext, call: TriedCall): Loan[] {
  const held = new Map<bigint, HeldAsset>(context.wallet.assets().map((info) => [info.asset, info]));
  const loans: Loan[] = [];
  for (const { asset, spendable } of context.wallet.balances(context.session.account)) {
    const info = held.get(asset);
    if (asset === COIN || spendable === 0n || info?.token === undefined) continue;
    if (info.kind !== "token" && info.kind !== "ticket") continue;
    const token = toHex(info.token) as Hex;
    if (token !== call.to && !call.data.includes(token.slice(2))) continue;
    loans.push({ kind: info.kind, token, id: info.id ?? 0n, amount: spendable });
  }
  return loans.slice(0, MAX_LENT);
}

/** The coin that can be spent now, base units. */
export const spendableCoin = (context: ProviderContext): bigint =>
  context.wallet.balances(context.session.account).find(({ asset }) => asset === COIN)?.spendable ?? 0n;

/**
 * What a call by a pseudonym answers when it has what the user has: coin, and the tokens and tickets in question, as if brought along from the
 * shielded balance. Nothing is sent. The node learns these amounts, so it has to be one's own.
 *
 * @throws ProviderRpcError code 3 with the returned data when the call reverts
 */
export async function callAs(
  context: ProviderContext,
  pseudonym: Hex,
  call: TriedCall,
  signal: AbortSignal,
): Promise<Hex> {
  const coin = spendableCoin(context);
  let loans = loansFor(context, call);
  for (;;) {
    const request = {
      from: pseudonym,
      coin: quantity(call.value > coin ? call.value : coin),
      assets: loans.map(({ kind, token, id, amount }) => ({ kind, token, id: quantity(id), amount: quantity(amount) })),
      calls: [{ to: call.to ?? null, value: quantity(call.value), data: call.data }],
      // What would come back does not matter, and a token that refuses to must not spoil the answer.
      returns: [{ kind: "coin" }],
      find: false,
    };
    const { ok, failure, calls } = answer.parse(await context.node.request("sero_simulate", [request], signal));
    const output = calls[0]?.output;
    if (ok || failure?.step === "return") return (output ?? "0x") as Hex;
    const lent = failure?.step === "unshield" ? (failure.index ?? 0) : undefined;
    // A token that does not let itself be moved is shown as what it is: not there.
    if (lent !== undefined && lent < loans.length) loans = loans.filter((_, i) => i !== lent);
    else throw reverted(failure?.reason ?? failure?.message ?? undefined, (failure?.output ?? "0x") as Hex);
  }
}

function reverted(reason: string | undefined, output: Hex): ProviderRpcError {
  const text = reason === undefined || reason === "" ? "execution reverted" : `execution reverted: ${reason}`;
  return new ProviderRpcError(CODES.reverted, text, output);
}

/** The session's pseudonym that a read is about: its sender, or the first one that stands in its data. */
export function readerOf(context: ProviderContext, from: Hex | undefined, data: Hex): Hex | undefined {
  const { addresses } = context.session;
  if (from !== undefined && BigInt(from) !== 0n) return addresses.find((address) => address === from);
  return addresses.find((address) => data.includes(address.slice(2)));
}
