import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./root.mjs";

/**
 * Removes what was compiled from sources that are gone. `tsc -b` leaves it, so that an import of it goes on working here and fails in a
 * fresh clone.
 */
export function removeStale() {
  for (const name of readdirSync(join(root, "packages"))) {
    const dist = join(root, "packages", name, "dist");
    // Never through a link: what is behind it is somebody else's.
    if (!lstatSync(dist, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const [stem] = /^.*(?=\.(?:js|d\.ts)(?:\.map)?$)/.exec(file) ?? [];
      if (stem === undefined || existsSync(join(root, "packages", name, "src", `${stem}.ts`))) continue;
      if (realpathSync(dirname(join(dist, file))) !== dirname(join(realpathSync(dist), file))) continue;
      rmSync(join(dist, file), { force: true });
    }
  }
}
