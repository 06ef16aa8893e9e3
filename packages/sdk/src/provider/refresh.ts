import type { NodeAccess } from "./node.js";
import type { ProviderWallet } from "./types.js";

/** How long a read waits for a scan. */
const SOON_MS = 2_000;

/** Keeps a wallet's state as new as its node's, one scan at a time. */
export function refresher(
  wallet: ProviderWallet,
  node: NodeAccess,
): { readonly refresh: () => Promise<void>; readonly refreshSoon: () => Promise<void> } {
  let running: Promise<void> | undefined;
  let seen: string | undefined;
  const scan = async (): Promise<void> => {
    // By hash: a reorganisation may keep the number.
    const head = (await node.request("eth_getBlockByNumber", ["latest", false])) as { readonly hash?: string } | null;
    if (head?.hash !== undefined && head.hash === seen) return;
    await wallet.sync();
    seen = head?.hash;
  };
  const refresh = (): Promise<void> => (running ??= scan().finally(() => (running = undefined)));
  return {
    refresh,
    async refreshSoon() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, SOON_MS)));
      const scanned = refresh();
      // When time is up first, nobody is left to hear of the failure.
      scanned.catch(() => undefined);
      await Promise.race([scanned, enough]).finally(() => clearTimeout(timer));
    },
  };
}
