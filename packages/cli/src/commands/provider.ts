import { fromUtf8, SeroError, toHex } from "@sero/protocol";
import { newToken, nodeAccess, openProvider, serveProvider, type ConsentRequest } from "@sero/sdk";
import type { Wallet } from "@sero/wallet";
import type { Context } from "../context.js";
import { portOf, wholeOf } from "../io/numbers.js";
import { toJson, type Output } from "../io/output.js";
import { confirm } from "../io/secrets.js";
import { syncWallet, withWallet } from "./open-wallet.js";
import { untilStopped } from "./run-node.js";

/** Options of `sero provider`. */
export interface ProviderOptions {
  readonly site?: string;
  readonly origin?: readonly string[];
  readonly accounts?: string;
  readonly account?: string;
  readonly port?: string;
  readonly keepAll?: boolean;
  readonly yes?: boolean;
}

const DEFAULT_PORT = 8555;

const messageText = (message: Uint8Array): string => {
  try {
    return fromUtf8(message);
  } catch {
    return toHex(message);
  }
};

/** Somebody else's text, each line marked: none can pass for one of the wallet's own. */
const quoted = (text: string): string[] => text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).map((line) => `  | ${line}`);

/** What somebody is asked, in lines. */
export const questionLines = (request: ConsentRequest): readonly string[] => {
  switch (request.kind) {
    case "transaction":
      return [`${request.site} wants to send a transaction:`, ...request.report.sentences];
    case "message":
      return [`${request.site} wants ${request.pseudonym} to sign:`, ...quoted(messageText(request.message))];
    case "typed-data":
      return [
        `${request.site} wants ${request.pseudonym} to sign, for the contract of this domain:`,
        ...quoted(toJson(request.typed.domain)),
        ...quoted(`${request.typed.primaryType} ${toJson(request.typed.message)}`),
      ];
  }
};

/** Asks one question after the other, however many come at once. */
const consentOf = (output: Output, always: boolean): ((request: ConsentRequest) => Promise<boolean>) => {
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (request: ConsentRequest): Promise<boolean> => {
    for (const line of questionLines(request)) output.line(line);
    if (always) return true;
    if (!process.stdin.isTTY) {
      output.note("Refused: there is nobody to ask. Start with --yes to agree to everything.");
      return false;
    }
    return confirm(request.kind === "transaction" ? "Send it?" : "Sign it?", false);
  };
  return (request) => {
    const asked = last.then(() => ask(request));
    last = asked.catch(() => undefined);
    return asked;
  };
};

const serve = async (context: Context, wallet: Wallet, options: ProviderOptions): Promise<void> => {
  const { output } = context;
  await syncWallet(context, wallet);
  const problem = (error: unknown): void =>
    output.note(error instanceof SeroError ? error.message : "Something unforeseen went wrong; it is tried again.");
  const provider = await openProvider({
    wallet,
    node: nodeAccess(context.nodeUrl),
    session: {
      site: options.site ?? options.origin?.[0] ?? "scripts",
      accounts: wholeOf(options.accounts, 1, "The number of pseudonyms", 1, 20),
      account: wholeOf(options.account, 0, "An account", 0, 1_000_000),
      ...(options.keepAll === true ? { keep: "all" as const } : {}),
    },
    consent: consentOf(output, options.yes === true),
    onProblem: ({ error }) => problem(error),
    onShowCalls: (txid) => output.line(`Look at ${txid} with sero tx or sero history.`),
  });
  try {
    const session = { provider, token: newToken(), origins: options.origin ?? [] };
    const server = await serveProvider({
      sessions: [session],
      port: portOf(options.port, DEFAULT_PORT),
      onProblem: problem,
    });
    output.result(
      { url: server.url(session), accounts: provider.accounts() },
      [
        `Give this address to your script or site; it is a secret:  ${server.url(session)}`,
        ...provider.accounts().map((address) => `  acts as ${address}`),
        options.yes === true
          ? "It agrees to everything by itself. Ctrl-C ends it."
          : "It asks here before anything is sent or signed. Ctrl-C ends it.",
      ].join("\n"),
    );
    await untilStopped();
    output.note("Finishing what is under way.");
    await server.close();
  } finally {
    await provider.close();
  }
};

/** `sero provider`: serves the wallet to today's Ethereum tools and sites, on this machine only. */
export const provider = (context: Context, options: ProviderOptions): Promise<void> =>
  withWallet(context, (wallet) => serve(context, wallet, options));
