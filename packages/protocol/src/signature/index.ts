export * from "./schnorr.js";
