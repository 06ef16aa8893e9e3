import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";
import { removeStale } from "./stale.mjs";
import { step } from "./step.mjs";

const OLDEST_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  process.stderr.write(
    `SERO needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}. Install a newer one and run the same command again.\n`,
  );
  process.exit(1);
}

/** Installs what a folder's lock file names when it is missing or the lock file has changed since. */
export async function installLocked(folder, title, usual, { quiet = false } = {}) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, folder, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, folder, "node_modules", ".sero-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  await step(title, "npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund"], { usual, quiet });
  mkdirSync(join(root, folder, "node_modules"), { recursive: true });
  writeFileSync(stamp, lock);
}

/** Installs the dependencies, then builds what has changed. */
export async function prepare({ quiet = false } = {}) {
  checkNode();
  await installLocked(".", "Installing dependencies", 30, { quiet });
  removeStale();
  await step("Building", process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-b"], {
    usual: 25,
    quiet,
  });
}
