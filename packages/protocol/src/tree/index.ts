export {
  EMPTY_LEAF,
  TREE_ARITY,
  TREE_CAPACITY,
  TREE_DEPTH,
  emptyRoots,
  expectLeafIndex,
  poseidonTreeHash,
  treeHashOf,
  type TreeHash,
} from "./hash.js";
export {
  EMPTY_FRONTIER,
  appendLeaves,
  frontierBytes,
  frontierFrom,
  frontierFromBytes,
  frontierRoot,
  type Frontier,
} from "./frontier.js";
export { pathPosition, rootFromPath, type MerklePath, type Siblings } from "./path.js";
export { denseTree, type DenseTree } from "./dense.js";
export { SparseNoteTree, type Checkpoint, type SparseTreeState } from "./sparse.js";
export { sparseTreeBytes, sparseTreeFromBytes } from "./sparse-codec.js";
