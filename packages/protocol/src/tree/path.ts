import { isField } from "../field/index.js";
import { SeroError } from "../errors.js";
import type { Anchor, Commitment, Field } from "../types.js";
import { EMPTY_LEAF, TREE_ARITY, TREE_DEPTH, expectLeafIndex, poseidonTreeHash, type TreeHash } from "./hash.js";

/** The siblings of one node, in order of their position, without the node itself. */
export type Siblings = readonly [Field, Field, Field];

/** Proof that a leaf is in the tree. */
export interface MerklePath {
  /** 0 <= leafIndex < 4^16. Digit l in base 4 is the position among its siblings of the node at level l, leaves first. */
  readonly leafIndex: bigint;
  /** 16 entries, leaves first. */
  readonly siblings: readonly Siblings[];
}

/** Position of the path's node among the four children at `level`: two bits of the index a level, the low ones first. */
export const pathPosition = (leafIndex: bigint, level: number): number => Number((leafIndex >> BigInt(2 * level)) & 3n);

/** The four children in order: `node` at `position` among its `siblings`. */
export function childrenOf(node: Field, siblings: Siblings, position: number): [Field, Field, Field, Field] {
  const [a, b, c] = siblings;
  if (position === 0) return [node, a, b, c];
  if (position === 1) return [a, node, b, c];
  if (position === 2) return [a, b, node, c];
  return [a, b, c, node];
}

/**
 * The root of the tree that has leaf `cm` at the path's index between the path's siblings. Always 16 levels, so an inner node is
 * never taken for a leaf. Throws `tree/index` for an index of 4^16 or more, `tree/leaf` for the empty leaf, `tree/path` otherwise.
 */
export function rootFromPath(cm: Commitment, path: MerklePath, hash: TreeHash = poseidonTreeHash): Anchor {
  expectLeafIndex(path.leafIndex);
  if (cm === EMPTY_LEAF || !isField(cm))
    throw new SeroError("tree/leaf", "A note's commitment is above 0 and below r.");
  const wellFormed = path.siblings.every((row) => row.length === TREE_ARITY - 1 && row.every(isField));
  if (path.siblings.length !== TREE_DEPTH || !wellFormed)
    throw new SeroError("tree/path", "A path has 16 levels of three siblings below the field's order.");
  let node: Field = cm;
  path.siblings.forEach((row, level) => {
    node = hash.node(...childrenOf(node, row, pathPosition(path.leafIndex, level)));
  });
  return node as Anchor;
}
