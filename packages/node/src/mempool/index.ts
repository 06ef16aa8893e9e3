export { openMempool, type Mempool } from "./mempool.js";
export { DEFAULT_POOL, type PoolSettings } from "./settings.js";
export { openPoolRules, type PoolRules } from "./rules.js";
export type { AbandonedTransaction, UsedUp } from "./head.js";
export type { PoolEntry } from "./entries.js";
