import { statSync } from "node:fs";
import { join } from "node:path";
import { openRules, type Rules } from "@sero/execution";
import { MIN_KEPT_BLOCKS, openPruner } from "@sero/node";
import { bytesToBigInt, currentRootSlot, POOL_ADDRESS } from "@sero/protocol";
import { beginChainInStore, buildNext, withFolder } from "../chain-store.js";
import type { Group } from "../measure.js";
import { benchSpec } from "../payments/chain.js";
import { fakePayments } from "../payments/fake.js";
import { proofsOff } from "../payments/verifiers.js";

/** Payments of a block, and blocks: enough for pruning to reach its steady state in the first half. */
const PAYMENTS = 10;
const BLOCKS = 800;

/**
 * What a store's file grows by for 1,000 payments in blocks of ten, with everything kept and with only the newest blocks' transactions kept.
 * Measured over the second half of the blocks, so that pages which were freed are used again as they are in a node that runs on.
 */
export const disk: Group = async ({ progress }) => {
  const rules = await openRules({ spec: benchSpec(), verifier: proofsOff() });
  const kept = await growth(rules, undefined, (part) => progress(part / 2, "keeping all"));
  const pruned = await growth(rules, MIN_KEPT_BLOCKS, (part) => progress(0.5 + part / 2, "pruning"));
  return { "disk.kBPer1000Payments": kept, "disk.pruned.kBPer1000Payments": pruned };
};

function growth(rules: Rules, keep: number | undefined, progress: (part: number) => void): Promise<number> {
  return withFolder(async (folder) => {
    const there = beginChainInStore(folder, rules);
    const pruner = keep === undefined ? undefined : openPruner(there.store, there.chain, keep);
    const { spec } = rules;
    const next = fakePayments(spec);
    const size = (): number => statSync(join(folder, "chain.lmdb")).blocks * 512;
    let half = 0;
    try {
      for (let made = 0; made < BLOCKS; made++) {
        if (made === BLOCKS / 2) half = size();
        const parent = there.parent();
        const { header, state } = parent;
        const anchor = bytesToBigInt(state.storage(POOL_ADDRESS, currentRootSlot()));
        const payments = Array.from({ length: PAYMENTS }, () => next(anchor, header.number + 256n));
        there.add(await buildNext(rules, parent, payments));
        // The pruner's turn.
        await new Promise((resolve) => setImmediate(resolve));
        progress(made / BLOCKS);
      }
      return (size() - half) / 1000 / ((BLOCKS / 2) * (PAYMENTS / 1000));
    } finally {
      await pruner?.stop();
      await there.close();
    }
  });
}
