export * from "./against-state.js";
export * from "./checked.js";
export { draftTransaction, type TransactionDraft } from "./draft.js";
export * from "./money.js";
export * from "./points.js";
export * from "./pseudonym.js";
