import { prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
process.exitCode = await handOver(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.e2e.config.ts",
  ...process.argv.slice(2),
]);
