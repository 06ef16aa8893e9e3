/** What a dApp's author and a wallet's program import: the Ethereum provider over a SERO wallet, and its server for this machine. */
export * from "./provider/index.js";
export * from "./server/index.js";
