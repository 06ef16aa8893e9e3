import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = join(dirname(fileURLToPath(import.meta.url)), "../src");

/** What a file imports at run time (not types alone). */
async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+"([^"]+)";/gm)].map((match) => match[1] ?? "");
}

describe("the part for browsers", () => {
  it("reaches nothing that only Node has, and no prover", async () => {
    const seen = new Set<string>();
    const outside = new Set<string>();
    const queue = [join(source, "core.ts")];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const target of await importsOf(file)) {
        if (target.startsWith(".")) queue.push(join(dirname(file), target.replace(/\.js$/, ".ts")));
        else outside.add(target);
      }
    }
    expect(seen.size).toBeGreaterThan(50);
    expect([...outside].filter((name) => name.startsWith("node:") || name === "@sero/circuits")).toEqual([]);
    expect([...seen].filter((file) => file.includes("platform/node"))).toEqual([]);
  });
});
