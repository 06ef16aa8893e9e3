import { installLocked, prepare } from "./lib/prepare.mjs";
import { handOver } from "./lib/step.mjs";

await prepare();
// An unmodified Ethereum consensus client, for the nodes of the network.
await installLocked("e2e/network", "Installing the consensus client", 80);
process.exitCode = await handOver(process.execPath, ["bench/dist/load/main.js", ...process.argv.slice(2)]);
