import { SeroError, toHex } from "@sero/protocol";
import type { CallRequest } from "@sero/wallet/core";
import type { ProviderContext } from "./context.js";
import { CODES, ProviderRpcError, rejected } from "./errors.js";
import type { Hex } from "./json.js";
import { nextOwnNonce } from "./pending.js";
import type { ProviderWallet } from "./types.js";

/** Between two tries to find the money for a transaction. */
const RETRY_MS = 400;

/** How often a plan that no longer holds is made again. */
const MAX_PLANS = 5;

/** By session what is asked, by wallet what is sent. */
const turns = new WeakMap<object, Promise<unknown>>();

function inTurn<T>(whose: object, action: () => Promise<T>): Promise<T> {
  const run = (turns.get(whose) ?? Promise.resolve()).then(action);
  turns.set(
    whose,
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

const keptOf = (pseudonym: CallRequest["pseudonym"]): Hex | undefined =>
  pseudonym === undefined || pseudonym === "one-time" ? undefined : (toHex(pseudonym) as Hex);

/**
 * Whether waiting may help: the pseudonym is busy, or money is on its way. Not whether that will do: how long an answer takes would tell whoever
 * asks for one amount after the other how much is on its way.
 */
function isWorthWaiting(error: unknown): boolean {
  if (!(error instanceof SeroError)) return false;
  if (error.code === "provider/busy" || error.code === "pseudonym/busy") return true;
  return error.code === "funds/insufficient" && error.values["pending"] !== "0";
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
  for (;;) {
    await context.refresh();
    try {
      checkIdle(context, keptOf(pseudonym));
      return await action();
    } catch (error) {
      if (!isWorthWaiting(error) || Date.now() + RETRY_MS > end || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

type Prepared = Awaited<ReturnType<ProviderWallet["prepareCall"]>>;

/**
 * Prepares, asks the user, sends. The answer comes as soon as the transaction is in the wallet's durable outbox: it is proved and handed to the
 * node afterwards, again and again until it is mined or has expired. After an answer nobody sees an error.
 *
 * A session asks one thing at a time. Others go on meanwhile, since a user may leave a question for hours: what they send may take the notes of the
 * plan that he agreed to at last. It is made again then, and sent if the same words describe it; else he is asked again.
 *
 * @throws ProviderRpcError 4001; what the wallet throws: call/*, funds/*, rpc/*
 */
export function agreeAndSend(context: ProviderContext, request: CallRequest, signal: AbortSignal): Promise<Hex> {
  const { session, wallet } = context;
  return inTurn(session, async () => {
    let agreed: string | undefined;
    for (let plans = 1; ; plans++) {
      context.checkThere(signal);
      const prepared = await whenReady(context, request.pseudonym, signal, () => wallet.prepareCall(request));
      context.checkThere(signal);
      const { report } = prepared;
      const words = report.sentences.join("\n");
      if (words !== agreed && !(await context.consent({ kind: "transaction", site: session.site, report }, signal)))
        throw rejected();
      agreed = words;
      try {
        return await inTurn(wallet, () => send(context, request, prepared, signal));
      } catch (error) {
        if (!isOutdated(error) || plans === MAX_PLANS) throw error;
      }
    }
  });
}

/** Whether a plan does not hold any more because of what was sent or mined since. */
const isOutdated = (error: unknown): boolean =>
  error instanceof SeroError &&
  ["wallet/notes-taken", "wallet/stale-report", "pseudonym/used", "provider/busy"].includes(error.code);

async function send(
  context: ProviderContext,
  request: CallRequest,
  prepared: Prepared,
  signal: AbortSignal,
): Promise<Hex> {
  // Others may have sent while this waited for its turn, and whoever asked may have left.
  context.checkThere(signal);
  checkIdle(context, keptOf(request.pseudonym));
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
}
