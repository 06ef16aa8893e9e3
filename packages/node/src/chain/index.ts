export { openChain, storedBlock, type Chain, type ChainBlock, type Forkchoice, type HeadChange } from "./chain.js";
export { checkStore } from "./check.js";
export { openExecutor } from "./executor.js";
export { openSubtrees, type Subtrees } from "./subtrees.js";
export { treeRecordOf } from "./tree-record.js";
