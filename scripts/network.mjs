import { installLocked, prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

// A consensus client (Lodestar 1.5.1): for tests on loopback only. It compiles c-kzg with g++ and python3.
const install = () => installLocked("e2e/network", "Installing a consensus client", 76);

if (process.argv.includes("--install-only")) {
  await install();
} else {
  await prepare();
  await install();
  // The circuits' keys are made at the first use; not while slots pass.
  const setup = await handOver(process.execPath, ["packages/cli/bin/sero.js", "setup"]);
  if (setup !== 0) process.exit(setup);
  process.exitCode = await handOver(process.execPath, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "vitest.network.config.ts",
    ...process.argv.slice(2),
  ]);
}
