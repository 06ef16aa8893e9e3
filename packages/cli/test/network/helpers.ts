import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { run } from "../../src/main.js";

/** What a command line wrote, and its exit code. */
export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export const sero = async (...args: readonly string[]): Promise<Told> => {
  let [stdout, stderr] = ["", ""];
  const out = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((stdout += String(chunk)), true));
  const err = vi.spyOn(process.stderr, "write").mockImplementation((chunk) => ((stderr += String(chunk)), true));
  try {
    const code = await run(args);
    return { code, stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
};

/** The error document of a command that must be refused. */
export const refusal = async (
  ...args: readonly string[]
): Promise<{ readonly code: string; readonly message: string }> => {
  const told = await sero(...args, "--json");
  if (told.code === 0) throw new Error(`not refused: ${args.join(" ")}`);
  return (JSON.parse(told.stdout) as { readonly error: { readonly code: string; readonly message: string } }).error;
};

/** A folder of its own for one test. */
export const temporary = async (): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), "sero network "));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
};
