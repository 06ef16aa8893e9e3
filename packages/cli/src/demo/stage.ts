import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openVerifierPool, type BundleVerifier, type SpendArtifacts } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { type ChainSpec, fundedDevelopmentSpec, keyExpectations, SeroError } from "@sero/protocol";
import { createWallet, nodePlatform, restoreWallet, type RestoreSource, type Wallet } from "@sero/wallet";

/** A temporary chain with real proofs, and the wallets of those who play on it. */
export interface Stage {
  readonly spec: ChainSpec;
  readonly node: RunningNode;
  readonly verifier: BundleVerifier;
  readonly restored: (name: string, source: RestoreSource) => Promise<Wallet>;
  readonly created: (name: string) => Promise<{ readonly wallet: Wallet; readonly phrase: string }>;
  /** Synchronises until the transactions are in a block. @throws SeroError `node/not-mined` after a minute */
  readonly mined: (wallet: Wallet, txids: readonly string[]) => Promise<void>;
  /** Closes everything and removes the folder. */
  readonly clear: () => Promise<void>;
}

const MINED_WITHIN_MS = 60_000;
const PASSPHRASE = "demo";

/** Sets up a stage in a temporary folder. */
export const openStage = async (artifacts: SpendArtifacts): Promise<Stage> => {
  const spec = fundedDevelopmentSpec();
  const folder = await mkdtemp(join(tmpdir(), "sero-demo-"));
  const wallets: Wallet[] = [];
  const verifier = await openVerifierPool({ artifacts, ...keyExpectations(spec) });
  const node = await startNode({
    spec,
    dataDir: join(folder, "chain"),
    rpcPort: 0,
    sealer: { intervalMs: 1000, onDemand: true },
    verifier,
  });
  const place = (name: string) => ({
    directory: join(folder, name),
    node: node.rpcUrl,
    passphrase: PASSPHRASE,
    platform: nodePlatform(),
  });
  const keep = (wallet: Wallet): Wallet => {
    wallets.push(wallet);
    return wallet;
  };
  return {
    spec,
    node,
    verifier,
    restored: async (name, source) => keep(await restoreWallet({ ...place(name), ...source })),
    created: async (name) => {
      const { wallet, phrase } = await createWallet(place(name));
      return { wallet: keep(wallet), phrase };
    },
    mined: async (wallet, txids) => {
      const end = Date.now() + MINED_WITHIN_MS;
      for (;;) {
        await wallet.sync();
        const mined = new Set(wallet.history().flatMap(({ status, txid }) => (status === "mined" ? [txid] : [])));
        if (txids.every((txid) => mined.has(txid))) return;
        if (Date.now() > end) throw new SeroError("node/not-mined", "A payment is in no block after a minute.");
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    clear: async () => {
      for (const wallet of wallets) await wallet.close();
      await node.stop();
      await verifier.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
