import { SeroError, toHex } from "@sero/protocol";
import type { CallOutcome, CallReceipt, PreparedCall, Wallet } from "@sero/wallet";
import type { Context } from "../context.js";
import { formatDuration, openProgress } from "../io/progress.js";
import { confirm } from "../io/secrets.js";

/** Options of every command that makes a transaction with calls. */
export interface AgreeOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** False: `--no-wait`. */
  readonly wait?: boolean;
}

/** A transaction of ours that was sent, and what became of it where that was waited for. */
export interface SentCall {
  readonly receipt: CallReceipt;
  readonly outcome: CallOutcome | undefined;
}

const WAIT_MS = 180_000;
const POLL_MS = 400;

/**
 * What a call takes is found out by trying it, and what a sweep brings in by looking, so the command alone does not say it (a payment's does): to
 * agree takes somebody who reads the report, or `--yes`.
 *
 * @throws SeroError `cli/agree` where nobody can be asked, before anything is
 */
export const checkCanAgree = ({ output }: Context, { yes, dryRun }: AgreeOptions): void => {
  if (yes === true || dryRun === true || (!output.json && process.stdin.isTTY)) return;
  throw new SeroError(
    "cli/agree",
    "Nobody can be asked here whether to send this: with --json, or without a terminal, say --yes. --dry-run shows what it would make public.",
  );
};

/** Polls until the transaction is settled, or the time is up. Ctrl-C ends the waiting, not the transaction. */
const settled = async (context: Context, wallet: Wallet, txid: string, signal: AbortSignal): Promise<CallOutcome> => {
  const progress = openProgress(context.output, "Waiting for a block");
  const started = Date.now();
  try {
    for (;;) {
      await wallet.sync();
      const outcome = await wallet.callOutcome(txid);
      const waited = Date.now() - started;
      if (outcome.status !== "pending" || waited > WAIT_MS || signal.aborted) return outcome;
      progress.update(Math.min(0.99, waited / WAIT_MS), `${formatDuration(waited / 1000)} so far`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    progress.done();
  }
};

/**
 * Shows what a prepared transaction will make public, asks, proves, sends, and waits for its block unless told not to.
 *
 * @returns undefined for a dry run
 * @throws SeroError `cli/interrupted` if the user says no, and whatever `sendCall` throws
 */
export const agreeAndSend = async (
  context: Context,
  wallet: Wallet,
  prepared: PreparedCall,
  options: AgreeOptions,
): Promise<SentCall | undefined> => {
  const { output } = context;
  const { report } = prepared;
  for (const sentence of report.sentences) output.line(sentence);
  if (options.dryRun === true) {
    output.result({ dryRun: true, report }, "");
    return undefined;
  }
  const agreed = options.yes === true || output.json || !process.stdin.isTTY || (await confirm("Send it?", false));
  if (!agreed) throw new SeroError("cli/interrupted", "Nothing was sent.");
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  const progress = openProgress(output, "Proving");
  process.once("SIGINT", onInterrupt);
  try {
    const receipt = await wallet.sendCall(prepared, {
      signal: cancel.signal,
      onProgress: ({ bundle, bundles, step, fraction }) =>
        progress.update(
          (bundle + fraction) / Math.max(1, bundles),
          `${step} bundle ${Math.min(bundle + 1, bundles)} of ${bundles}`,
        ),
    });
    progress.done();
    output.line(`Sent ${receipt.txid} (${receipt.bytes} bytes, proved in ${formatDuration(receipt.proveMs / 1000)}).`);
    return {
      receipt,
      outcome: options.wait === false ? undefined : await settled(context, wallet, receipt.txid, cancel.signal),
    };
  } finally {
    process.off("SIGINT", onInterrupt);
    progress.done();
  }
};

/**
 * Throws unless the transaction is mined with success, or still on its way: whoever reads the exit code only must not believe that it happened.
 *
 * @throws SeroError `call/failed` when the calls failed on the chain: what they brought is back in the wallet; `send/double-spend`,
 * `send/not-mined`
 */
export const checkOutcome = ({ receipt, outcome }: SentCall): void => {
  const { txid } = receipt;
  if (outcome?.status === "failed")
    throw new SeroError("call/failed", outcome.sentence, {
      txid,
      step: outcome.failure?.step ?? "",
      reason: outcome.failure?.reason ?? "",
      output: toHex(outcome.failure?.output ?? new Uint8Array(0)),
    });
  if (outcome?.status === "conflicted") throw new SeroError("send/double-spend", outcome.sentence, { txid });
  if (outcome?.status === "expired" || outcome?.status === "undone")
    throw new SeroError("send/not-mined", outcome.sentence, { txid });
};

/**
 * Writes what became of a transaction. `facts` join the JSON document.
 *
 * @throws as `checkOutcome`
 */
export const tellOutcome = (context: Context, sent: SentCall, facts: object, lines: readonly string[] = []): void => {
  const { receipt, outcome } = sent;
  checkOutcome(sent);
  context.output.result(
    { ...facts, sent: receipt, outcome },
    [...(outcome === undefined ? [] : [outcome.sentence]), ...lines].join("\n"),
  );
};
