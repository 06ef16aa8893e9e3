import { describe, expect, it } from "vitest";
import { playSteps } from "../../src/demo/play.js";
import type { Check, Step } from "../../src/demo/telling.js";
import type { Output } from "../../src/io/output.js";

const recorded = (): { readonly output: Output; readonly lines: string[]; readonly results: unknown[] } => {
  const lines: string[] = [];
  const results: unknown[] = [];
  const line = (text = ""): void => void lines.push(text);
  const result = (value: unknown, text: string): void => {
    results.push(value);
    lines.push(text);
  };
  return { output: { json: false, interactive: false, line, note: line, result }, lines, results };
};

const step = (title: string, ...checks: readonly Check[]): Step => ({
  title,
  really: ["something"],
  chain: ["nothing"],
  checks,
  seconds: 1,
});

async function* story(...steps: readonly Step[]): AsyncGenerator<Step> {
  yield* steps;
}

const held = { what: "it holds", holds: true };
const failed = { what: "the sum is right", holds: false };

describe("the demo's end", () => {
  it("is exit code 0 when every check held", async () => {
    const { output, results } = recorded();
    expect(await playSteps(output, story(step("one", held), step("two", held, held)))).toBe(0);
    expect(results).toMatchObject([{ ok: true, checks: 3, failed: [] }]);
  });

  it("is exit code 6 when a single check failed, and names it", async () => {
    const { output, results, lines } = recorded();
    expect(await playSteps(output, story(step("one", held, failed), step("two", held)))).toBe(6);
    expect(results).toMatchObject([{ ok: false, checks: 3, failed: ["the sum is right"] }]);
    expect(lines.join("\n")).toContain("FAILED the sum is right");
    expect(lines.at(-1)).toContain("2 of 3 checks held. Failed: the sum is right");
  });

  it("is no success when nothing was checked", async () => {
    expect(await playSteps(recorded().output, story())).toBe(6);
  });

  it("is the story's own error when it breaks off, and no result is given", async () => {
    async function* broken(): AsyncGenerator<Step> {
      yield step("one", held);
      throw new Error("the node went away");
    }
    const { output, results } = recorded();
    await expect(playSteps(output, broken())).rejects.toThrow("the node went away");
    expect(results).toEqual([]);
  });
});
