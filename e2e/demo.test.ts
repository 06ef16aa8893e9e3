import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "./helpers/command.js";

const DEMO = fileURLToPath(new URL("../packages/cli/dist/demo/main.js", import.meta.url));

interface Told {
  readonly ok: boolean;
  readonly checks: number;
  readonly failed: readonly string[];
  readonly steps: readonly {
    readonly title: string;
    readonly really: readonly string[];
    readonly chain: readonly string[];
    readonly checks: readonly { readonly what: string; readonly holds: boolean }[];
  }[];
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const play = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [DEMO, ...args], {
    stdio: "pipe",
    env: { ...process.env, TMPDIR: folder.path },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const interrupt = (): void => void child.kill("SIGINT");
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { ended, interrupt, stdout: () => stdout, stderr: () => stderr };
};

// That a failed check makes the exit code 6 is shown in packages/cli/test/demo: nothing in the product can make one fail on purpose.
it("the demo plays to its end with real proofs, every check holds, and it leaves nothing behind", async () => {
  const demo = play("--json");
  expect(await demo.ended, demo.stdout() + demo.stderr()).toBe(0);
  const told = JSON.parse(demo.stdout()) as Told;
  expect(told.failed).toEqual([]);
  expect(told.ok).toBe(true);
  expect(told.checks).toBeGreaterThanOrEqual(43);
  const checks = told.steps.flatMap((step) => step.checks);
  expect(checks).toHaveLength(told.checks);
  expect(checks.every(({ holds }) => holds)).toBe(true);
  // Everything that the issue names is in the story.
  const text = told.steps.map(({ title, really }) => [title, ...really].join(" ")).join("\n");
  for (const what of [
    /memo/,
    /bundles/,
    /accountant watches/,
    /proves to a court/,
    /24 words/,
    /auditor recomputes/,
    /issues a token/,
    /opera tickets/,
    /swap on Uniswap/,
    /two carriers/,
    /salaries/,
  ])
    expect(text).toMatch(what);
  for (const { title, chain } of told.steps) expect(chain.length, title).toBeGreaterThan(0);
  // No name and no memo of the story is in what the chain shows.
  const shown = told.steps.flatMap(({ chain }) => chain).join("\n");
  for (const secret of ["Hartmann", "1200.5", "invoice 17"]) expect(shown).not.toContain(secret);
  expect(readdirSync(folder.path)).toEqual([]);
});

it("Ctrl-C in the middle ends it with exit code 130 and leaves nothing behind", async () => {
  const demo = play();
  const end = Date.now() + 120_000;
  while (!demo.stdout().includes("1. Three people") && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50));
  demo.interrupt();
  expect(await demo.ended, demo.stdout() + demo.stderr()).toBe(130);
  expect(readdirSync(folder.path)).toEqual([]);
  expect(demo.stderr()).not.toMatch(/^\s+at /m);
});
