export { historyOf, type HistoryView } from "./history.js";
