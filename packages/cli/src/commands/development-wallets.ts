import { join } from "node:path";
import { DEVELOPMENT_WALLETS } from "@sero/protocol";
import { restoreWallet, walletExists } from "@sero/wallet";
import type { Context } from "../context.js";
import { DEVELOPMENT_PASSPHRASE } from "./open-wallet.js";

/** Restores the funded development wallets that are not there yet. `nodeUrl` is the chain they belong to. */
export const ensureDevelopmentWallets = async (context: Context, nodeUrl: string): Promise<void> => {
  for (const { name, phrase } of DEVELOPMENT_WALLETS) {
    const directory = join(context.home, "wallets", name);
    if (await walletExists(directory)) continue;
    const wallet = await restoreWallet({
      directory,
      node: nodeUrl,
      passphrase: DEVELOPMENT_PASSPHRASE,
      from: { phrase },
    });
    await wallet.close();
  }
};
