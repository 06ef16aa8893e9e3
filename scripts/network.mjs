import { installLocked, prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
// A consensus client (Lodestar 1.5.1): for tests on loopback only. It compiles c-kzg with g++ and python3.
await installLocked("e2e/network", "Installing a consensus client", 76);
process.exitCode = await handOver(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "vitest.network.config.ts",
  ...process.argv.slice(2),
]);
