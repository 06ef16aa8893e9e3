import { fromUtf8, SeroError, toHex } from "@sero/protocol";
import {
  newToken,
  nodeAccess,
  openProvider,
  serveProvider,
  type Consent,
  type ConsentRequest,
  type Hex,
  type ProviderServer,
  type SeroProvider,
  type ServedSession,
} from "@sero/sdk";
import type { Wallet } from "@sero/wallet";
import type { Context } from "../context.js";
import { portOf, wholeOf } from "../io/numbers.js";
import { toJson, type Output } from "../io/output.js";
import { confirm } from "../io/secrets.js";
import { syncWallet, withWallet } from "./open-wallet.js";
import { noteForeignNode } from "./own-node.js";
import { pseudonymNamed } from "./pseudonyms.js";
import { untilStopped } from "./run-node.js";

/** Options of `sero provider`. */
export interface ProviderOptions {
  readonly site?: string;
  readonly origin?: readonly string[];
  readonly accounts?: string;
  readonly account?: string;
  readonly as?: readonly string[];
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

/** Asks one question after the other, however many come at once, and none whose asker has left by then. */
export const consentOf = (output: Output, always: boolean): Consent => {
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (request: ConsentRequest, signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted) return false;
    for (const line of questionLines(request)) output.line(line);
    if (always) return true;
    if (!process.stdin.isTTY) {
      output.note("Refused: there is nobody to ask. Start with --yes to agree to everything.");
      return false;
    }
    return confirm(request.kind === "transaction" ? "Send it?" : "Sign it?", false);
  };
  return (request, signal) => {
    const asked = last.then(() => ask(request, signal));
    last = asked.catch(() => undefined);
    return asked;
  };
};

/** Who may ask: a name, by which its pseudonyms are found again and questions say who asks, and the page's origin if it is one. */
export interface Asker {
  readonly site: string;
  readonly origins: readonly string[];
}

/** Each page by itself: two that had one session in common would be two that know one person. @throws SeroError `cli/site` */
export function askersOf({ site, origin = [], as }: Pick<ProviderOptions, "site" | "origin" | "as">): readonly Asker[] {
  const pages = [...new Set(origin)];
  if (pages.length < 2) return [{ site: site ?? pages[0] ?? "scripts", origins: pages }];
  if (site !== undefined || as !== undefined)
    throw new SeroError(
      "cli/site",
      "--site and --as are about one session, and each --origin has its own. Leave them out, or give one --origin at a time.",
    );
  return pages.map((page) => ({ site: page, origins: [page] }));
}

/** A session that is served. */
export interface ServedAsker extends Asker {
  readonly session: ServedSession;
  readonly url: string;
}

/** A server with a session for each asker. */
export interface ServedAskers {
  readonly served: readonly ServedAsker[];
  /** Finishes what is under way. */
  close(): Promise<void>;
}

/** Opens a provider for each asker and serves them on one port. @throws SeroError server/*, pseudonym/*, cli/*; ProviderRpcError as `openProvider` */
export async function serveAskers(
  wallet: Wallet,
  nodeUrl: string,
  options: ProviderOptions,
  told: {
    readonly consent: Consent;
    readonly problem: (error: unknown) => void;
    readonly show: (txid: string) => void;
  },
): Promise<ServedAskers> {
  const providers: SeroProvider[] = [];
  const closeProviders = (): Promise<unknown> => Promise.all(providers.map((provider) => provider.close()));
  const as = (options.as ?? []).map((text) => toHex(pseudonymNamed(wallet, text)) as Hex);
  const open = async ({ site }: Asker): Promise<SeroProvider> => {
    const provider = await openProvider({
      wallet,
      node: nodeAccess(nodeUrl),
      session: {
        site,
        as,
        accounts: wholeOf(options.accounts, Math.max(1, as.length), "The number of pseudonyms", 1, 20),
        account: wholeOf(options.account, 0, "An account", 0, 1_000_000),
        ...(options.keepAll === true ? { keep: "all" as const } : {}),
      },
      consent: told.consent,
      onProblem: ({ error }) => told.problem(error),
      onShowCalls: told.show,
    });
    providers.push(provider);
    return provider;
  };
  try {
    const opened: (Asker & { readonly session: ServedSession })[] = [];
    for (const asker of askersOf(options))
      opened.push({ ...asker, session: { provider: await open(asker), token: newToken(), origins: asker.origins } });
    const server: ProviderServer = await serveProvider({
      sessions: opened.map(({ session }) => session),
      port: portOf(options.port, DEFAULT_PORT),
      onProblem: told.problem,
    });
    return {
      served: opened.map((asker) => ({ ...asker, url: server.url(asker.session) })),
      async close() {
        await server.close();
        await closeProviders();
      },
    };
  } catch (error) {
    await closeProviders();
    throw error;
  }
}

const serve = async (context: Context, wallet: Wallet, options: ProviderOptions): Promise<void> => {
  const { output } = context;
  noteForeignNode(context);
  await syncWallet(context, wallet);
  const { served, close } = await serveAskers(wallet, context.nodeUrl, options, {
    consent: consentOf(output, options.yes === true),
    problem: (error) =>
      output.note(error instanceof SeroError ? error.message : "Something unforeseen went wrong; it is tried again."),
    show: (txid) => output.line(`Look at ${txid} with sero tx or sero history.`),
  });
  output.result(
    { sessions: served.map(({ site, url, session }) => ({ site, url, accounts: session.provider.accounts() })) },
    [
      ...served.flatMap(({ site, url, session }) => [
        `Give this address to ${site} and nobody else; it is a secret:  ${url}`,
        ...session.provider.accounts().map((address) => `  acts as ${address}`),
      ]),
      options.yes === true
        ? "It agrees to everything by itself. Ctrl-C ends it."
        : "It asks here before anything is sent or signed. Ctrl-C ends it.",
    ].join("\n"),
  );
  await untilStopped();
  output.note("Finishing what is under way.");
  await close();
};

/** `sero provider`: serves the wallet to today's Ethereum tools and sites, on this machine only. */
export const provider = (context: Context, options: ProviderOptions): Promise<void> =>
  withWallet(context, (wallet) => serve(context, wallet, options));
