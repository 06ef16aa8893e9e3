import { DOMAINS, poseidon } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { domainsCircom, ownSources } from "../../src/index.js";

interface Template {
  readonly name: string;
  readonly body: string;
}

/** Sources without comments, cut into templates. */
function templates(source: string): Template[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");
  const found: Template[] = [];
  for (const start of code.matchAll(/\btemplate\s+(?:parallel\s+|custom\s+)*(\w+)/g)) {
    let depth = 0;
    let at = code.indexOf("{", start.index);
    const from = at;
    do {
      if (code[at] === "{") depth++;
      if (code[at] === "}") depth--;
      at++;
    } while (depth > 0 && at < code.length);
    found.push({ name: start[1] ?? "", body: code.slice(from, at) });
  }
  return found;
}

/** Signals that a template assigns with `<--` or `-->` and names in none of its `===`; elements of arrays one by one if their index is a number. */
function assignedOnly({ body }: Template): string[] {
  const statements = body.split(/[;{}]/);
  const constrained = statements.filter((s) => s.includes("===")).join(" ");
  return statements.flatMap((statement) => {
    if (!/<--|-->/.test(statement)) return [];
    const [, target, index = ""] =
      /(\w+)((?:\[[^\]]*\])*)\s*<--/.exec(statement) ?? /-->\s*(\w+)((?:\[[^\]]*\])*)/.exec(statement) ?? [];
    if (target === undefined) return [statement.trim()];
    const name = /^(\[\d+\])+$/.test(index) ? target + index : target;
    const escaped = name.replace(/[[\]]/g, "\\$&");
    return new RegExp(`(?<![\\w.])${escaped}(?!\\w)`).test(constrained) ? [] : [name];
  });
}

describe("A2: assigned means constrained", () => {
  it("A2: every signal assigned with <-- is in a === of its template, in our sources and in what we use of circomlib", async () => {
    const found: string[] = [];
    let assignments = 0;
    for (const [path, bytes] of await ownSources()) {
      for (const template of templates(new TextDecoder().decode(bytes))) {
        assignments += template.body.split("<--").length - 1;
        found.push(...assignedOnly(template).map((signal) => `${path}: ${template.name}: ${signal}`));
      }
    }
    expect(found).toEqual([]);
    // In Bits, AddPoints (two) and IsZero; another one is a reason to look at it.
    expect(assignments).toBe(4);
  });

  it("A2: the linter finds what it is for", () => {
    const bad = "template T() { signal input a; signal output b; b <-- a / 2; }";
    expect(templates(bad).flatMap(assignedOnly)).toEqual(["b"]);
    expect(templates(bad.replace("; }", "; 2 * b === a; }")).flatMap(assignedOnly)).toEqual([]);
    expect(templates(bad.replace("b <-- a / 2", "a / 2 --> b")).flatMap(assignedOnly)).toEqual(["b"]);
    expect(templates(bad.replace("; }", "; /* b === a; */ }")).flatMap(assignedOnly)).toEqual(["b"]);
    const two = "template T() { signal output b[2]; b[0] <-- 1; b[1] <-- 2; b[1] === 2; }";
    expect(templates(two).flatMap(assignedOnly)).toEqual(["b[0]"]);
  });
});

describe("A7: decompositions", () => {
  it("A7: no decomposition is wide enough for two representations, and none is circomlib's", async () => {
    const widths: number[] = [];
    for (const [path, bytes] of await ownSources()) {
      const source = new TextDecoder().decode(bytes);
      if (path.startsWith("circomlib/")) continue;
      expect(source, path).not.toMatch(/Num2Bits|LessThan|CompConstant|bitify/);
      widths.push(...[...source.matchAll(/\bBits\((\d+)\)/g)].map((m) => Number(m[1])));
    }
    expect(widths).toEqual([251, 128]);
  });
});

describe("A11: Poseidon", () => {
  it("A11: the circuits have a different domain constant for each use, the protocol's", () => {
    const constants = [...domainsCircom().matchAll(/function (\w+)\(\) \{\s+return (\d+);/g)];
    expect(constants.map(([, name, value]) => [name, BigInt(value ?? "")])).toEqual(Object.entries(DOMAINS));
    expect(new Set(Object.values(DOMAINS)).size).toBe(Object.keys(DOMAINS).length);
  });

  it("A11: the protocol's Poseidon is circomlib's reference", async () => {
    const { buildPoseidonReference } = await import("circomlibjs");
    const reference = await buildPoseidonReference();
    for (const inputs of [[1n], [1n, 2n], [1n, 2n, 3n], [1n, 2n, 3n, 4n], [1n, 2n, 3n, 4n, 5n]]) {
      expect(poseidon(inputs)).toBe(reference.F.toObject(reference(inputs)));
    }
  });
});
