import { directoryFiles } from "./platform/node/files.js";
import { nodePlatform } from "./platform/node/platform.js";
import { httpClient, type NodeClient } from "./rpc/index.js";
import type { KdfParameters } from "./store/kdf.js";
import { createWalletAt, openWalletAt, restoreWalletAt, type RestoreSource, type WalletPlace } from "./wallet/open.js";
import type { Platform } from "./wallet/platform.js";
import type { Wallet } from "./wallet/wallet.js";

/** A wallet's directory, passphrase and node. */
export interface NodeWalletOptions {
  /** Holds this one wallet's files; made if it isn't there. */
  readonly directory: string;
  readonly passphrase: string;
  /** Address of a node (http or https), or a client. */
  readonly node: string | NodeClient;
  /** Further nodes that must agree on the newest block. */
  readonly witnesses?: readonly string[];
  readonly platform?: Platform;
  readonly kdf?: KdfParameters;
}

function placeOf(options: NodeWalletOptions): WalletPlace {
  const { node, kdf } = options;
  return {
    files: directoryFiles(options.directory),
    client: typeof node === "string" ? httpClient(node) : node,
    witnesses: (options.witnesses ?? []).map((url) => httpClient(url)),
    platform: options.platform ?? nodePlatform(),
    passphrase: options.passphrase,
    ...(kdf === undefined ? {} : { kdf }),
  };
}

/** Makes a wallet with a new phrase, which is returned this once. Needs the node. Throws store/*, rpc/*. */
export const createWallet = (
  options: NodeWalletOptions & { readonly words?: 12 | 24 },
): Promise<{ wallet: Wallet; phrase: string; birthday: bigint }> =>
  createWalletAt(placeOf(options), options.words === undefined ? {} : { words: options.words });

/** A wallet from a phrase or a view key. Needs the node; nothing is scanned yet. Throws phrase/*, view-key/*, store/*, rpc/*. */
export const restoreWallet = (options: NodeWalletOptions & RestoreSource): Promise<Wallet> =>
  restoreWalletAt(placeOf(options), options);

/** Opens a wallet; works without its node. `rebuild`: scans the chain again. Throws store/*. */
export const openWallet = (options: NodeWalletOptions & { readonly rebuild?: boolean }): Promise<Wallet> =>
  openWalletAt(placeOf(options), options.rebuild === undefined ? {} : { rebuild: options.rebuild });

/** Whether the directory holds a wallet. */
export const walletExists = async (directory: string): Promise<boolean> =>
  (await directoryFiles(directory).list()).includes("keys");
