import { installLocked, prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
// Other people's contracts and tools, and a reference EVM: nothing that the project itself needs.
await installLocked("e2e/contracts", "Installing the outside yardsticks", 30);
process.exitCode = await handOver(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.e2e.config.ts",
  ...process.argv.slice(2),
]);
