import { SeroError, toHex } from "@sero/protocol";
import type { CallRequest } from "@sero/wallet/core";
import type { ProviderContext } from "./context.js";
import { CODES, ProviderRpcError, checkThere, rejected } from "./errors.js";
import type { Hex } from "./json.js";
import { nextOwnNonce } from "./pending.js";
import type { ProviderWallet } from "./types.js";

/** Between two tries to find the money for a transaction. */
const RETRY_MS = 400;

/** One transaction of a wallet is prepared and agreed to at a time: two at once would choose the same notes and nonce. */
const turns = new WeakMap<ProviderWallet, Promise<unknown>>();

function inTurn<T>(wallet: ProviderWallet, action: () => Promise<T>): Promise<T> {
  const run = (turns.get(wallet) ?? Promise.resolve()).then(action);
  turns.set(
    wallet,
    run.catch(() => undefined),
  );
  return run;
}

/** A pseudonym has one transaction under way at a time; and what the next one does may hang on it, an allowance for instance. */
function checkIdle(context: ProviderContext, pseudonym: Hex | undefined): void {
  if (pseudonym === undefined || nextOwnNonce(context, pseudonym) === 0n) return;
  throw new SeroError(
    "provider/busy",
    `A transaction of ${pseudonym} is still under way. Wait until it is mined, or send both as one batch (wallet_sendCalls).`,
  );
}

/** Whether waiting helps: money that is on its way will do, or the pseudonym is busy. */
function isWorthWaiting(error: unknown): boolean {
  if (error instanceof SeroError && error.code === "provider/busy") return true;
  if (error instanceof SeroError && error.code === "pseudonym/busy") return true;
  if (!(error instanceof SeroError) || error.code !== "funds/insufficient") return false;
  const [needed, spendable, pending] = ["needed", "spendable", "pending"].map((name) => {
    const text = error.values[name];
    return typeof text === "string" && /^[0-9]+$/.test(text) ? BigInt(text) : 0n;
  });
  return (spendable ?? 0n) + (pending ?? 0n) >= (needed ?? 0n);
}

/**
 * Does something on the newest state. Change of an earlier transaction may still be on its way, or the pseudonym busy: waits for that, for less time
 * than libraries wait for an answer.
 *
 * @throws provider/busy, and what the action throws
 */
export async function whenReady<T>(
  context: ProviderContext,
  pseudonym: CallRequest["pseudonym"],
  signal: AbortSignal,
  action: () => T | Promise<T>,
): Promise<T> {
  const end = Date.now() + context.fundsWaitMs;
  const kept = pseudonym === undefined || pseudonym === "one-time" ? undefined : (toHex(pseudonym) as Hex);
  for (;;) {
    await context.refresh();
    try {
      checkIdle(context, kept);
      return await action();
    } catch (error) {
      if (!isWorthWaiting(error) || Date.now() + RETRY_MS > end || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * Prepares, asks the user, sends. The answer comes as soon as the transaction is in the wallet's durable outbox: it is proved and handed to the
 * node afterwards, again and again until it is mined or has expired. After an answer nobody sees an error.
 */
export function agreeAndSend(context: ProviderContext, request: CallRequest, signal: AbortSignal): Promise<Hex> {
  return inTurn(context.wallet, async () => {
    checkThere(signal);
    const prepared = await whenReady(context, request.pseudonym, signal, () => context.wallet.prepareCall(request));
    checkThere(signal);
    const { site } = context.session;
    if (!(await context.consent({ kind: "transaction", site, report: prepared.report }, signal))) throw rejected();
    return new Promise<Hex>((resolve, reject) => {
      let txid: Hex | undefined;
      const onTxid = (id: string): void => {
        txid = id as Hex;
        resolve(txid);
      };
      const sending = context.wallet.sendCall(prepared, { onTxid }).then(
        () => reject(new ProviderRpcError(CODES.internal, "The wallet sent without saying what.")),
        (error: unknown) => (txid === undefined ? reject(error) : context.onProblem({ txid, error })),
      );
      context.inBackground(sending);
    });
  });
}
