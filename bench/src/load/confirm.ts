import { pause, type Bench, type TrialResult } from "./trial.js";

/** What all nodes agree on about a run's payments. */
export interface Confirmed {
  /** In canonical blocks that all nodes have at the same height. */
  readonly agreed: number;
  /** In blocks that every node calls final. */
  readonly finalized: number;
}

/** Seconds until everything of a run is final: three epochs of the minimal preset at 2 s are 48. */
const PATIENCE_SECONDS = 150;

/**
 * Waits until the blocks with a run's payments are final on every node, and reads all blocks from each of them again. Throws when two nodes
 * have different blocks at one height, or a payment is in two blocks.
 *
 * @param target number of the last block that may hold one of them
 */
export async function confirmInBlocks(bench: Bench, run: TrialResult, target: number): Promise<Confirmed> {
  const { watch, signal, say } = bench;
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  let final = await watch.finalized();
  while (final < target && performance.now() < end && !signal.aborted) {
    say(`block ${final} of ${target} is final`, (target - final) * bench.network.spec.slotSeconds);
    await pause(1000);
    final = await watch.finalized();
  }
  const blocks = await watch.agreed();
  const numbers = run.txids.flatMap((txid) => blocks.get(txid) ?? []);
  return { agreed: numbers.length, finalized: numbers.filter((number) => number <= final).length };
}
