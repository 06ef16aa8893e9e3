/** For tests of dApps: a chain with wallets inside the test's own process. */
export { createTestChain, type TestChain, type TestChainOptions, type TestUser } from "./chain.js";
