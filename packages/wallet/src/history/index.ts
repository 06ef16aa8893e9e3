export { findSent, historyOf, type HistoryView } from "./history.js";
