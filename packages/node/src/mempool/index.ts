export {
  DEFAULT_POOL,
  openMempool,
  type AbandonedTransaction,
  type Mempool,
  type PoolRules,
  type PoolSettings,
  type UsedUp,
} from "./mempool.js";
export type { PoolEntry } from "./entries.js";
