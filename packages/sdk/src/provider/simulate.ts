import { z } from "zod";
import { COIN, isHexBytes, toHex } from "@sero/protocol";
import type { ProviderContext } from "./context.js";
import { CODES, ProviderRpcError } from "./errors.js";
import { quantity, quantityText, type Hex } from "./json.js";
import type { HeldAsset } from "./types.js";

/** Tokens and tickets that one simulation is lent: each costs the node a transfer. */
const MAX_LENT = 16;

/** Bundles that an estimate counts besides the one that any transaction has: one is full with two notes. */
const MARGIN_BUNDLES = 1;

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
  gasLimit: quantityText.optional(),
  intrinsicGas: quantityText.optional(),
});

type Answer = z.output<typeof answer>;

interface Loan {
  readonly kind: "token" | "ticket";
  readonly token: Hex;
  readonly id: bigint;
  readonly amount: bigint;
}

/** What the wallet holds of the contracts that a call goes to or names in its data; without a call, of all. */
function loansFor(context: ProviderContext, call?: TriedCall): Loan[] {
  const held = new Map<bigint, HeldAsset>(context.wallet.assets().map((info) => [info.asset, info]));
  const loans: Loan[] = [];
  for (const { asset, spendable } of context.wallet.balances(context.session.account)) {
    const info = held.get(asset);
    if (asset === COIN || spendable === 0n || info?.token === undefined) continue;
    if (info.kind !== "token" && info.kind !== "ticket") continue;
    const token = toHex(info.token) as Hex;
    if (call !== undefined && token !== call.to && !call.data.includes(token.slice(2))) continue;
    loans.push({ kind: info.kind, token, id: info.id ?? 0n, amount: spendable });
  }
  return loans.slice(0, MAX_LENT);
}

/** The coin that can be spent now, base units. */
export const spendableCoin = (context: ProviderContext): bigint =>
  context.wallet.balances(context.session.account).find(({ asset }) => asset === COIN)?.spendable ?? 0n;

/** How a call is tried out: with what coin, and whether everything that comes is taken back into notes. */
interface Trial {
  readonly loans: readonly Loan[];
  readonly coin: bigint;
  readonly takesBack: boolean;
}

/** Tries a call with what is lent, but for what does not let itself be moved: that is shown as what it is, not there. */
async function tryOut(
  context: ProviderContext,
  pseudonym: Hex,
  call: TriedCall,
  { loans, coin, takesBack }: Trial,
  signal: AbortSignal,
): Promise<{ readonly tried: Answer; readonly lent: readonly Loan[] }> {
  let lent = loans;
  for (;;) {
    const request = {
      from: pseudonym,
      coin: quantity(coin),
      assets: lent.map(({ kind, token, id, amount }) => ({ kind, token, id: quantity(id), amount: quantity(amount) })),
      calls: [{ to: call.to ?? null, value: quantity(call.value), data: call.data }],
      returns: takesBack ? "infer" : [{ kind: "coin" }],
      find: takesBack,
    };
    const tried = answer.parse(await context.node.request("sero_simulate", [request], signal));
    const refused = !tried.ok && tried.failure?.step === "unshield" ? (tried.failure.index ?? 0) : lent.length;
    if (refused >= lent.length) return { tried, lent };
    lent = lent.filter((_, i) => i !== refused);
  }
}

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
  // What would come back does not matter, and a token that refuses to must not spoil the answer.
  const trial = { loans: loansFor(context, call), coin: call.value > coin ? call.value : coin, takesBack: false };
  const { tried } = await tryOut(context, pseudonym, call, trial, signal);
  if (!tried.ok && tried.failure?.step !== "return") throw reverted(tried);
  return (tried.calls[0]?.output ?? "0x") as Hex;
}

/**
 * The gas of a transaction with this call: what it uses with what it needs of the user's, one bundle for the coin and one for each asset lent, and
 * one more. The true number of bundles hangs on the single notes, so whoever could ask for it as often as he likes would have their sizes.
 *
 * @throws ProviderRpcError code 3 with the returned data when the call reverts
 */
export async function gasAs(
  context: ProviderContext,
  pseudonym: Hex,
  call: TriedCall,
  signal: AbortSignal,
): Promise<bigint> {
  const { bundle } = context.wallet.chain.spec.gas;
  let failed: Answer | undefined;
  // As the wallet itself finds out what a call needs: nothing, what it names, all that there is.
  for (const loans of [[], loansFor(context, call), loansFor(context)]) {
    if (failed !== undefined && loans.length === 0) continue;
    const trial = { loans, coin: call.value, takesBack: true };
    let { tried, lent } = await tryOut(context, pseudonym, call, trial, signal);
    // What refuses to come back stays on the pseudonym.
    if (!tried.ok && tried.failure?.step === "return")
      ({ tried, lent } = await tryOut(context, pseudonym, call, { ...trial, loans: lent, takesBack: false }, signal));
    const { ok, gasLimit = 0n, intrinsicGas = 0n } = tried;
    if (ok) return gasLimit + intrinsicGas + BigInt(lent.length + MARGIN_BUNDLES) * bundle;
    failed = tried;
  }
  throw reverted(failed);
}

function reverted(tried: Answer | undefined): ProviderRpcError {
  const { reason, message, output } = tried?.failure ?? {};
  const said = reason ?? message ?? "";
  const text = said === "" ? "execution reverted" : `execution reverted: ${said}`;
  return new ProviderRpcError(CODES.reverted, text, (output ?? "0x") as Hex);
}

/** The session's pseudonym that a read is about: its sender, or the first one that stands in its data. */
export function readerOf(context: ProviderContext, from: Hex | undefined, data: Hex): Hex | undefined {
  const { addresses } = context.session;
  if (from !== undefined && BigInt(from) !== 0n) return addresses.find((address) => address === from);
  return addresses.find((address) => data.includes(address.slice(2)));
}
