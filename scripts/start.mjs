import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { prepare } from "./lib/prepare.mjs";
import { root } from "./lib/root.mjs";
import { handOver } from "./lib/step.mjs";

await prepare({ quiet: process.argv.includes("--json") });
// The chain and its wallets stay in the clone, where `npx sero` finds them.
const home = process.env.SERO_HOME ?? join(root, ".sero");
mkdirSync(home, { recursive: true });
process.exitCode = await handOver(process.execPath, ["packages/cli/bin/sero.js", "dev", ...process.argv.slice(2)], {
  ...process.env,
  SERO_HOME: home,
});
