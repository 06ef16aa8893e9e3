import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SeroError } from "@sero/protocol";
import type { CachedDirectory } from "./cache.js";
import { cachedDirectory, sha256Hex } from "./cache.js";
import { cacheDirectory } from "./paths.js";
import type { CircuitSources } from "./sources.js";

/**
 * How much circom simplifies. O2 solves linear constraints and substitutes: what is proved; without it the spend circuit does not fit its
 * domain. O1 only merges equal signals, so that each constraint is still one line of the source: what tests reason about.
 */
export type Simplification = "O1" | "O2";

const FLAGS = ["--r1cs", "--wasm", "--sym", "-l", "."];

/** What circom says in the course of a compilation and how far it is then, as seen with the spend circuit. */
const MILESTONES: readonly (readonly [text: string, fraction: number])[] = [
  ["template instances", 0.25],
  ["constraints:", 0.75],
  [".r1cs", 0.8],
  [".sym", 0.9],
  [".wasm", 1],
];

/**
 * Compiles `<name>.circom`, one of `sources`, with circom2 in a child process. The result holds `<name>.r1cs`, `<name>.wasm` and
 * `<name>.sym` and is kept under the hash of sources, flags and compiler. `onProgress` gets fractions from 0 to 1, nothing when the
 * result is there already. Throws circuits/compile with the compiler's own words.
 */
export async function compileCircuit(
  name: string,
  sources: CircuitSources,
  onProgress: (fraction: number) => void = () => undefined,
  simplification: Simplification = "O2",
): Promise<CachedDirectory> {
  const flags = [...FLAGS, `--${simplification}`];
  const compiler = dirname(createRequire(import.meta.url).resolve("circom2/package.json"));
  const compilerSum = sha256Hex(await readFile(join(compiler, "circom.wasm")));
  const parts = [...sources].map(([path, bytes]) => `${path} ${sha256Hex(bytes)}`).sort();
  const hash = sha256Hex([name, compilerSum, flags.join(" "), ...parts].join("\n")).slice(0, 16);
  return cachedDirectory(cacheDirectory(), `${name}-${hash}`, async (directory) => {
    onProgress(0);
    // The compiler sees nothing outside its working directory.
    const stage = await mkdtemp(join(directory, "stage-"));
    for (const [path, bytes] of sources) {
      await mkdir(dirname(join(stage, path)), { recursive: true });
      await writeFile(join(stage, path), bytes);
    }
    await runCompiler(join(compiler, "cli.js"), name, flags, stage, onProgress);
    await rename(join(stage, `${name}.r1cs`), join(directory, `${name}.r1cs`));
    await rename(join(stage, `${name}.sym`), join(directory, `${name}.sym`));
    await rename(join(stage, `${name}_js`, `${name}.wasm`), join(directory, `${name}.wasm`));
    await rm(stage, { recursive: true });
    return [`${name}.r1cs`, `${name}.wasm`, `${name}.sym`];
  });
}

function runCompiler(
  cli: string,
  name: string,
  flags: readonly string[],
  cwd: string,
  onProgress: (fraction: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--no-warnings", cli, `${name}.circom`, ...flags], {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const listen = (chunk: Buffer): void => {
      said += chunk.toString("utf8");
      const reached = MILESTONES.filter(([text]) => said.includes(text));
      onProgress(reached.at(-1)?.[1] ?? 0);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      // The compiler colours its words.
      const plain = said.replace(/\u001b\[[0-9;]*m/g, "").trim();
      reject(
        new SeroError("circuits/compile", `circom2 rejects ${name}.circom: ${plain.slice(0, 2000)}`, {
          name,
          exitCode: code,
        }),
      );
    });
  });
}
