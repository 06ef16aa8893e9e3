require("@nomicfoundation/hardhat-ethers");
const { join } = require("node:path");
const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");

const VERSION = "0.8.37";
const cache = join(__dirname, "..", "..", "build", "e2e-contracts", "hardhat");

// The compiler out of this folder's lock file, instead of one downloaded while the tests run. A project of one's own needs none of this.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD).setAction(async () => ({
  compilerPath: require.resolve("solc/soljson.js"),
  isSolcJs: true,
  version: VERSION,
  longVersion: VERSION,
}));

// What a project adds to its own configuration: the wallet's address, with the token in it. Accounts are "remote" unless told otherwise.
const url = process.env.SERO_PROVIDER ?? "http://127.0.0.1:1";

module.exports = {
  solidity: { version: VERSION, settings: { evmVersion: "cancun", optimizer: { enabled: true, runs: 200 } } },
  paths: { sources: "./solidity", artifacts: join(cache, "artifacts"), cache: join(cache, "cache") },
  networks: {
    sero: { url },
    // A script with a key of its own, to see what it is told.
    ownkey: { url, accounts: [`0x${"11".repeat(32)}`] },
  },
};
