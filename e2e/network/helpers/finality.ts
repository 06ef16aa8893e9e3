import type { Network } from "./network.js";

/** Writes down every block that any node ever calls finalized. */
export interface FinalityRecord {
  /** Number and hash. @throws Error when two nodes ever finalized different blocks of one number */
  readonly blocks: () => ReadonlyMap<bigint, string>;
  readonly stop: () => void;
}

/** Asks all sites each slot. */
export const recordFinality = (network: Network): FinalityRecord => {
  const blocks = new Map<bigint, string>();
  const conflicts: string[] = [];
  const look = async (): Promise<void> => {
    for (const site of network.sites) {
      const block = await site.block("finalized").catch(() => undefined);
      if (!block) continue;
      const number = BigInt(block.number);
      const before = blocks.get(number);
      if (before !== undefined && before !== block.hash)
        conflicts.push(`${site.name}: ${number} ${before} ${block.hash}`);
      blocks.set(number, block.hash);
    }
  };
  const timer = setInterval(() => void look(), 1000 * network.slotSeconds);
  return {
    blocks: () => {
      if (conflicts.length > 0) throw new Error(`Two blocks of one number were finalized: ${conflicts.join("; ")}`);
      return blocks;
    },
    stop: () => clearInterval(timer),
  };
};
