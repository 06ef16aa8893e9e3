import type { SyncProgress } from "../types.js";
import type { NodeHead } from "../rpc/index.js";

/** Makes progress reports: how fast leaves go by, and how long the rest will take at that rate. `now`: milliseconds. */
export function progressMeter(
  startLeaves: bigint,
  now: () => number,
): (head: NodeHead, scanned: bigint, leaves: bigint) => SyncProgress {
  const started = now();
  return (head, scanned, leaves) => {
    const seconds = (now() - started) / 1000;
    const done = Number(leaves - startLeaves);
    const total = head.leafCount > leaves ? head.leafCount : leaves;
    const outputsPerSecond = seconds > 0 ? done / seconds : 0;
    const left = Number(total - leaves);
    const isKnown = outputsPerSecond > 0 && seconds > 0.5;
    return {
      chain: { head: head.number, syncing: head.syncing },
      wallet: { scanned, leaves, totalLeaves: total, fraction: total === 0n ? 1 : Number(leaves) / Number(total) },
      secondsLeft: left === 0 ? 0 : isKnown ? left / outputsPerSecond : undefined,
      outputsPerSecond,
    };
  };
}
