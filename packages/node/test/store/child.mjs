// A node of its own process, for tests that kill it. Prints its URL, then seals until it dies.
import { startNode } from "@sero/node";
import { specFromJson } from "@sero/protocol";

const [dataDir, spec] = process.argv.slice(2);
const verifier = { check: (items) => Promise.resolve(items.map(() => true)), close: () => Promise.resolve() };
const node = await startNode({
  spec: specFromJson(JSON.parse(spec)),
  dataDir,
  verifier,
  rpcPort: 0,
  sealer: { intervalMs: 5, onDemand: true, debounceMs: 1 },
  log: (line) => void (line.level === "error" && process.stderr.write(`${line.message}\n`)),
});
process.stdout.write(`${node.rpcUrl}\n`);
process.on("SIGTERM", () => void node.stop().then(() => process.exit(0)));
