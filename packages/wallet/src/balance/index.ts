export { anchorBlockOf, balancesOf, spendableNotes, type BalanceView } from "./balance.js";
