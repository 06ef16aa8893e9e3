import { prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare({ quiet: process.argv.includes("--json") });
process.exitCode = await handOver(process.execPath, ["packages/cli/bin/sero.js", "dev", ...process.argv.slice(2)]);
