import { statSync } from "node:fs";
import { join } from "node:path";
import { ensureSpendArtifacts } from "@sero/circuits";
import { openRules } from "@sero/execution";
import { bytesToBigInt, COIN, currentRootSlot, OUTPUTS_PER_BUNDLE, POOL_ADDRESS } from "@sero/protocol";
import { restoreWallet, type Wallet } from "@sero/wallet";
import { beginChainInStore, buildNext, withFolder } from "../chain-store.js";
import { timed, type Group, type GroupContext } from "../measure.js";
import { startNodeProcess } from "../node-process.js";
import { benchSpec, NOTE_VALUE, watcherPhrase } from "../payments/chain.js";
import { fakePayments } from "../payments/fake.js";
import { proofsOff } from "../payments/verifiers.js";

/** Outputs that belong to others. */
const OUTPUTS = 100_000;
const PAYMENTS_PER_BLOCK = 320;

/**
 * A chain with 100,000 outputs of strangers in a real store, served by a node in its own process; a wallet restored from its phrase to
 * the head over HTTP, with tree, stream digest and the proof against the state root.
 */
export const restore: Group = async ({ progress }) =>
  withFolder(async (folder) => {
    const chainFolder = join(folder, "chain");
    const disk = await growChain(chainFolder, (fraction, doing) => progress(0.75 * fraction, doing));
    await ensureSpendArtifacts();
    progress(0.75, "starting a node");
    // Its first start adds up all the blocks, which were stored without a node; what it is like from then on is of interest.
    await (await startNodeProcess(chainFolder)).stop();
    const node = await startNodeProcess(chainFolder);
    try {
      const idle = await node.rssBytes();
      progress(0.8, "restoring the wallet");
      const { ms, result: wallet } = await timed(() => restored(join(folder, "wallet"), node.url));
      try {
        expectBalance(wallet);
      } finally {
        await wallet.close();
      }
      const rss = await node.rssBytes();
      return {
        "wallet.restore100k.seconds": ms / 1000,
        "wallet.restore.outputsPerSecond": (1000 * OUTPUTS) / ms,
        "disk.bytesPerPayment": disk.bytesPerPayment,
        "node.rssMB": rss / 2 ** 20,
        "node.rssIdleMB": idle / 2 ** 20,
        "block.growPaymentsPerSecond": disk.paymentsPerSecond,
      };
    } finally {
      await node.stop();
    }
  });

/** Builds and stores the blocks with proofs off. */
async function growChain(
  folder: string,
  progress: GroupContext["progress"],
): Promise<{ readonly bytesPerPayment: number; readonly paymentsPerSecond: number }> {
  const spec = benchSpec();
  const rules = await openRules({ spec, verifier: proofsOff() });
  const there = beginChainInStore(folder, rules);
  try {
    const next = fakePayments(spec);
    const before = sizeOf(folder);
    const total = Math.ceil(OUTPUTS / OUTPUTS_PER_BUNDLE);
    let spent = 0;
    for (let made = 0; made < total;) {
      const parent = there.parent();
      const { header, state } = parent;
      const anchor = bytesToBigInt(state.storage(POOL_ADDRESS, currentRootSlot()));
      const count = Math.min(PAYMENTS_PER_BLOCK, total - made);
      const payments = Array.from({ length: count }, () => next(anchor, header.number + 256n));
      const { ms } = await timed(async () => {
        there.add(await buildNext(rules, parent, payments));
      });
      spent += ms;
      made += count;
      progress(made / total, `${made} of ${total} payments`);
    }
    return { bytesPerPayment: (sizeOf(folder) - before) / total, paymentsPerSecond: (1000 * total) / spent };
  } finally {
    await there.close();
  }
}

/** Bytes that the store takes on disk. */
const sizeOf = (folder: string): number => statSync(join(folder, "chain.lmdb")).blocks * 512;

async function restored(directory: string, url: string): Promise<Wallet> {
  const wallet = await restoreWallet({
    directory,
    passphrase: "of no importance",
    node: url,
    from: { phrase: watcherPhrase() },
  });
  await wallet.sync();
  return wallet;
}

/** A wallet that is not restored to its own balance was restored quickly for nothing. */
function expectBalance(wallet: Wallet): void {
  const balance = wallet.balances().find(({ asset }) => asset === COIN);
  if (balance?.total !== 4n * NOTE_VALUE) throw new Error("The restored wallet has not the balance it must have.");
}
