import { concatBytes, fieldToBytes, type Commitment, type PoolEntry } from "@sero/protocol";
import type { CheckedBlock } from "./check.js";
import type { TrialEngine, TrialHit } from "./types.js";

/** Outputs in one batch for a worker: large enough to hide the message, small enough to share out. */
const BATCH_OUTPUTS = 1024;

/** Hits of one block: by output, counted over the block's outputs, and by entry. */
export interface BlockHits {
  readonly outputs: ReadonlyMap<number, readonly TrialHit[]>;
  readonly entries: ReadonlyMap<number, readonly TrialHit[]>;
}

/** No hits. */
export const NO_HITS: BlockHits = { outputs: new Map(), entries: new Map() };

/** An entry with its place among the leaves. */
export interface PlacedEntry {
  readonly entry: PoolEntry;
  readonly index: number;
  readonly commitment: Commitment;
  /** Undefined for a sealed package. */
  readonly leafIndex: bigint | undefined;
}

/** A block's entries with their commitments and leaf indexes. */
export function placedEntries({ compact, leaves }: CheckedBlock): PlacedEntry[] {
  let leaf = leaves.length - compact.entries.filter(({ kind }) => kind !== "sealed").length;
  return compact.entries.map((entry, index) => {
    if (entry.kind === "sealed") return { entry, index, commitment: entry.commitment, leafIndex: undefined };
    const at = leaf++;
    return { entry, index, commitment: leaves[at] as Commitment, leafIndex: compact.firstLeaf + BigInt(at) };
  });
}

interface Item {
  readonly block: number;
  readonly to: "outputs" | "entries";
  readonly index: number;
  /** Whether only the ciphertext of a completed note counts here, or only that of another. */
  readonly isCompleted: boolean;
  readonly commitment: Commitment;
  readonly ciphertext: Uint8Array;
}

function* itemsOf(checked: CheckedBlock, block: number): Generator<Item> {
  let index = 0;
  for (const tx of checked.compact.transactions)
    for (const bundle of tx.bundles)
      for (const { commitment, ciphertext } of bundle.outputs)
        yield { block, to: "outputs", index: index++, isCompleted: false, commitment, ciphertext };
  for (const { entry, index: at, commitment } of placedEntries(checked)) {
    if (entry.kind === "released" || entry.ciphertext === undefined) continue;
    const isCompleted = entry.kind === "completed";
    yield { block, to: "entries", index: at, isCompleted, commitment, ciphertext: entry.ciphertext };
  }
}

/** Tries every ciphertext of these blocks. */
export async function trialOf(blocks: readonly CheckedBlock[], engine: TrialEngine): Promise<readonly BlockHits[]> {
  const results = blocks.map(() => ({
    outputs: new Map<number, readonly TrialHit[]>(),
    entries: new Map<number, readonly TrialHit[]>(),
  }));
  const items = blocks.flatMap((block, i) => [...itemsOf(block, i)]);
  const runs: Promise<void>[] = [];
  for (let start = 0; start < items.length; start += BATCH_OUTPUTS) {
    const batch = items.slice(start, start + BATCH_OUTPUTS);
    const bytes = concatBytes(...batch.flatMap(({ commitment, ciphertext }) => [fieldToBytes(commitment), ciphertext]));
    runs.push(
      engine.trial({ count: batch.length, bytes }).then((hits) => {
        for (const hit of hits) {
          const item = batch[hit.index];
          const found = item === undefined ? undefined : results[item.block]?.[item.to];
          if (item === undefined || found === undefined || hit.opened.isCompleted !== item.isCompleted) continue;
          found.set(item.index, [...(found.get(item.index) ?? []), hit]);
        }
      }),
    );
  }
  await Promise.all(runs);
  return results;
}
