export * from "./wallets.js";
