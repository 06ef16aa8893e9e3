export * from "./bech32m.js";
