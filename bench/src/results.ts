import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { rounded, type Figures } from "./measure.js";

/** When, of what and where figures were taken. */
export interface Meta {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Git commit, with "+" when files differ from it. */
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly node: string;
  readonly platform: string;
  /** Processes that wanted a core, mean of the minute before the first group: above half a core, figures are too slow. */
  readonly loadBefore: number;
  /** Seconds that each group took. */
  readonly seconds: Figures;
}

/** Figures and their circumstances. */
export interface Results {
  readonly meta: Meta;
  readonly figures: Figures;
}

/** What is known of this machine and this clone now, and of what was measured. */
export function metaNow(seconds: Figures, loadBefore: number): Meta {
  const [first] = cpus();
  return {
    date: new Date().toISOString(),
    commit: commitNow(),
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadBefore,
    seconds,
  };
}

/** Load of this machine, a minute's mean. */
export const loadNow = (): number => Math.round(10 * (loadavg()[0] ?? 0)) / 10;

function commitNow(): string {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd, encoding: "utf8" }).trim();
  try {
    return (
      git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--", "packages", "bench") ? "+" : "")
    );
  } catch {
    // A clone without its history is measured too.
    return "unknown";
  }
}

/** Writes results as one flat JSON object: every figure under its own name, the circumstances under "meta". */
export function writeResults(file: string, { meta, figures }: Results): void {
  const shown = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]));
  writeFileSync(file, `${JSON.stringify({ ...shown, meta }, null, 2)}\n`);
}

/** Reads what `writeResults` wrote. */
export function readResults(file: string): Results {
  const { meta, ...figures } = JSON.parse(readFileSync(file, "utf8")) as { readonly meta: Meta } & Figures;
  return { meta, figures };
}
