import { prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
process.exitCode = await handOver(process.execPath, ["bench/dist/dandelion/main.js", ...process.argv.slice(2)]);
