export { openChain, storedBlock, type Chain, type ChainBlock, type Forkchoice, type HeadChange } from "./chain.js";
export { auditThrough, checkStore, noteAudited } from "./check.js";
export { openExecutor } from "./executor.js";
export { MIN_KEPT_BLOCKS, openPruner, type Pruner } from "./prune.js";
export { openSubtrees, type Subtrees } from "./subtrees.js";
export { treeRecordOf } from "./tree-record.js";
