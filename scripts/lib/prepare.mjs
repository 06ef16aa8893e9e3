import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";
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

/** Installs the dependencies when they are missing or the lock file has changed since, then builds what has changed. */
export async function prepare({ quiet = false } = {}) {
  checkNode();
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".sero-installed");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
    await step("Installing dependencies", "npm", ["ci", "--no-audit", "--no-fund"], { usual: 30, quiet });
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(stamp, lock);
  }
  await step("Building", process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-b"], {
    usual: 25,
    quiet,
  });
}
