import { prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
const setup = await handOver(process.execPath, ["packages/cli/bin/sero.js", "setup"]);
if (setup !== 0) process.exit(setup);
process.exitCode = await handOver(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  ...process.argv.slice(2),
]);
