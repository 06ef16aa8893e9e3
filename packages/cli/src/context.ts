import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { openOutput, type Output } from "./io/output.js";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly home?: string;
  readonly node?: string;
  readonly wallet?: string;
  readonly passphraseFile?: string;
}

/** What a command works with: where its output goes, where files lie, which node it asks. */
export interface Context {
  readonly output: Output;
  /** Folder of wallets and chains. */
  readonly home: string;
  /** The node's JSON-RPC address. */
  readonly nodeUrl: string;
  /** Name of the wallet, or a path where it has a slash in it. */
  readonly walletName: string;
  readonly passphraseFile: string | undefined;
}

/** The node that `npm start` and `sero node` run unless told otherwise. */
export const DEFAULT_RPC_PORT = 8545;
/** Its address. */
export const DEFAULT_NODE_URL = `http://127.0.0.1:${DEFAULT_RPC_PORT}`;

const defaultHome = (): string => {
  const fromEnvironment = process.env["SERO_HOME"];
  if (fromEnvironment !== undefined && fromEnvironment !== "") return resolve(fromEnvironment);
  // A development chain started in this folder keeps its wallets beside it.
  const local = resolve(".sero");
  return existsSync(local) ? local : join(homedir(), ".sero");
};

/** Turns the global options, the environment and the defaults into a context; options win over the environment. */
export const openContext = (options: GlobalOptions): Context => ({
  output: openOutput(options.json === true),
  home: options.home === undefined ? defaultHome() : resolve(options.home),
  nodeUrl: options.node ?? process.env["SERO_NODE"] ?? DEFAULT_NODE_URL,
  walletName: options.wallet ?? process.env["SERO_WALLET"] ?? "default",
  passphraseFile: options.passphraseFile,
});

/** Path of a wallet's file or folder: its name under the home folder, or the path itself where one was given. */
export const walletPath = (context: Context): string =>
  /[\\/]/.test(context.walletName) ? resolve(context.walletName) : join(context.home, "wallets", context.walletName);
