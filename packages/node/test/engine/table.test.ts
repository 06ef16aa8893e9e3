import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

/** Where a test file of the table is, by the name that the table has for it. */
const fileOf = (name: string): string =>
  name.includes("/") ? `../../../execution/test/${name}.test.ts` : `./${name}.test.ts`;

describe("docs/engine-api.md", () => {
  const named = [...read("../../../../docs/engine-api.md").matchAll(/`([a-z/]+): ([^`]+)`/g)];

  it("names tests that exist, word for word", () => {
    expect(named.length).toBeGreaterThan(80);
    for (const [, file, title] of named) {
      const titles = [...read(fileOf(file!)).matchAll(/\bit\(\s*(?:"([^"]+)"|`([^`]+)`)/g)].map(([, a, b]) => a ?? b!);
      const [head, ...rest] = title!.split("…").map((part) => part.trim());
      const found = titles.some((each) => each.startsWith(head!) && rest.every((part) => each.includes(part)));
      expect([file, title, found]).toEqual([file, title, true]);
    }
  });
});
