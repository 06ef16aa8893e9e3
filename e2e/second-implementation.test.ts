import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const vectors = join(here, "..", "packages", "protocol", "vectors");

/** Values that agreed when this was written; new vectors only add to them. */
const AT_LEAST = 1_200;

/** Replays the vectors of a folder with the Python implementation. */
function replay(folder: string) {
  const run = spawnSync("python3", ["-B", join(here, "second-implementation", "check.py"), folder], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (run.error !== undefined)
    throw new Error("This test needs Python: install python3 (3.8 or later) and run it again.", { cause: run.error });
  const [, agree, differ] = /^(\d+) values agree, (\d+) differ$/m.exec(run.stdout) ?? [];
  return { status: run.status, agree: Number(agree), differ: Number(differ), output: run.stdout + run.stderr };
}

it("an implementation written from docs/protocol alone gives every vector's values", () => {
  const { status, agree, differ, output } = replay(vectors);
  expect(differ, output).toBe(0);
  expect(status, output).toBe(0);
  expect(agree).toBeGreaterThan(AT_LEAST);
});

it("one changed digit in the vectors is found", () => {
  const folder = mkdtempSync(join(tmpdir(), "sero-vectors-"));
  try {
    cpSync(vectors, folder, { recursive: true });
    const file = join(folder, "notes.json");
    const text = readFileSync(file, "utf8");
    const changed = text.replace(/("nullifier": "0x[0-9a-f]{63})([0-9a-f])"/, (_, start: string, digit: string) =>
      digit === "0" ? `${start}1"` : `${start}0"`,
    );
    expect(changed).not.toBe(text);
    writeFileSync(file, changed);
    const { status, differ, output } = replay(folder);
    expect(differ, output).toBe(1);
    expect(status).toBe(1);
    expect(output).toContain("DIFFERS notes: commitment 0.nullifier");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
