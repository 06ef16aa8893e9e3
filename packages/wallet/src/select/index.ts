export { planPayments } from "./plan.js";
export { planCall } from "./call.js";
export { tellingAmounts, type TellingAmount } from "./spread.js";
export { planCleanup } from "./cleanup.js";
export {
  MAX_BUNDLES,
  type CallNeeds,
  type Demand,
  type FeeOf,
  type Part,
  type Plan,
  type PlanOptions,
  type PlannedBundle,
  type PlannedTransaction,
  type SelectableNote,
} from "./types.js";
