import { SeroError } from "../errors.js";
import type { Anchor, Commitment, Field } from "../types.js";
import { TREE_ARITY, TREE_DEPTH, emptyRoots, poseidonTreeHash, type TreeHash } from "./hash.js";
import { checkLeaves } from "./frontier.js";
import { pathPosition, type MerklePath, type Siblings } from "./path.js";

/** A tree with every node in memory. */
export interface DenseTree {
  readonly root: Anchor;
  /** Path of the leaf at `leafIndex`. Throws `tree/index` if there is none. */
  path(leafIndex: bigint): MerklePath;
}

/** The tree of these leaves, computed the plain way: the reference that the others are tested against, and handy for small cases. */
export function denseTree(leaves: readonly Commitment[], hash: TreeHash = poseidonTreeHash): DenseTree {
  checkLeaves(0n, leaves);
  const empty = emptyRoots(hash);
  const levels: (readonly Field[])[] = [leaves];
  const nodeAt = (level: number, index: number): Field => levels[level]![index] ?? empty[level]!;
  for (let level = 0; level < TREE_DEPTH; level++) {
    const count = Math.ceil(levels[level]!.length / TREE_ARITY);
    levels.push(
      Array.from({ length: count }, (_, i) =>
        hash.node(nodeAt(level, 4 * i), nodeAt(level, 4 * i + 1), nodeAt(level, 4 * i + 2), nodeAt(level, 4 * i + 3)),
      ),
    );
  }
  return {
    root: nodeAt(TREE_DEPTH, 0) as Anchor,
    path(leafIndex) {
      if (leafIndex < 0n || leafIndex >= BigInt(leaves.length))
        throw new SeroError("tree/index", "There is no leaf at this index.", { index: String(leafIndex) });
      const siblings = Array.from({ length: TREE_DEPTH }, (_, level) => {
        const first = Number(leafIndex >> BigInt(2 * (level + 1))) * TREE_ARITY;
        const row = [0, 1, 2, 3].map((i) => nodeAt(level, first + i));
        row.splice(pathPosition(leafIndex, level), 1);
        return row as unknown as Siblings;
      });
      return { leafIndex, siblings };
    },
  };
}
